"""What each kind of mail about people and accounts says; a module here registers its kinds when it is loaded."""
