"""A year of hours with a line, and an engagement."""

from accounts.hours.domain import engagements, hours, hours_years


def specimens(world):
    from portal.lib.clock import now

    hours_years.update_contract_years(now=now())
    year = hours.year_in_force(world["account"], now())
    asked = engagements.request_engagement(by=world["contact"], topic="Upgrade", wish="Be current.", now=now())
    line = year.entries.first()
    return {
        "accounts:hours_question": {"pk": line.pk},
        "accounts:engagement": {"pk": asked.pk},
        "admin:accounts_hoursyear_": {"pk": year.pk, "object_id": year.pk},
        "admin:accounts_engagement_": {"pk": asked.pk, "object_id": asked.pk},
        "admin:accounts_seat_nominate": {"account": world["account"].pk},
        "api:account-": {"account": world["account"].pk, "number": world["seat"].number},
        "api:ps-entry": {"pk": line.pk},
        "api:engagement": {"pk": asked.pk},
    }
