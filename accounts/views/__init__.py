"""Pages about the person and their account: find through `visible_to`, read the form, call one verb, answer."""
