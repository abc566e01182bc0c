"""What each kind of mail about the desk’s own plans says; a module here registers its kinds when it is loaded."""
