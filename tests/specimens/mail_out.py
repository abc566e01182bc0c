"""Links in mails."""

from tickets.domain.unfollowing import unfollow_token


def specimens(world):
    return {"tickets:unfollow": {"token": unfollow_token(world["ticket"].pk, world["contact"].user_id)}}
