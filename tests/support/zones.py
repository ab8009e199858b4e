"""Every zone of the tz database, for tests that leave none out."""

from zoneinfo import available_timezones

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
