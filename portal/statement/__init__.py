"""The account page as a statement of the contract: what is included, what of it is used, what is left."""
