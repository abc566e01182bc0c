"""What each kind of mail about tickets says; a module here registers its kinds when it is loaded."""
