"""The executive sponsor of an account: who it is, the meetings in their rhythm, and what came of them."""
