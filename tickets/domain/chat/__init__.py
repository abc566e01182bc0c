"""Chats: who is there, lines without gap or double, from hand to hand, and into a ticket. One verb, one transaction."""
