"""The settings the school has made for itself, kept in its database."""

import sqlite3
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt
from schoolcrm.core.rules.settings import SETTINGS

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


def read_settings(db: sqlite3.Connection) -> dict[str, str]:
    """Return every setting of the school by key: what it has set, else the default."""
    kept = dict(db.execute("SELECT key, value FROM setting"))
    return {key: str(kept.get(key, each.default)) for key, each in SETTINGS.items()}


def read_value(key: str, text: str) -> str:
    """Return the text as the value the setting keeps; BadValue tells what it may be."""
    value = SETTINGS[key].read(text)
    return _known_time_zone(value) if key == "time_zone" else value


def _known_time_zone(name: str) -> str:
    """Return the time zone of that name as it is spelt; BadValue if the machine knows none called so."""
    from zoneinfo import available_timezones

    zones = sorted(available_timezones())
    wanted = name.lower().replace(" ", "_")
    for zone in zones:
        if zone.lower() == wanted:
            return zone
    raise BadValue(_('There is no time zone "{value}".').format(value=excerpt(name)), _zones_meant(wanted, zones))


def _zones_meant(wanted: str, zones: list[str]) -> str:
    """Return a hint with the zones that may have been meant, also by the name of the city alone."""
    cities = {zone.rpartition("/")[2]: zone for zone in zones}
    near = closest(wanted, zones) or [cities[city] for city in closest(wanted, cities)]
    return did_you_mean(near) or _("Write it like Europe/Moscow or Asia/Yekaterinburg.")


def set_setting(school: "WritableSchool", key: str, value: str) -> None:
    """Keep a value that `read_value` has returned."""
    school.db.execute(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def unset_setting(school: "WritableSchool", key: str) -> None:
    """Let the setting have its default again."""
    school.db.execute("DELETE FROM setting WHERE key = ?", (key,))
