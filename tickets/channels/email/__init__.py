"""E-mail as a channel: mailboxes that are polled, web hooks that are called, files for trials. All store, then sort."""
