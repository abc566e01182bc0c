"""The customers' pages about tickets: find through `visible_to`, read the form, call one verb, answer."""
