"""What the pages of a project have in common: what they are called, and how they write times."""

from slotkeeper.domain.project import Project, complete_ui
from slotkeeper.web.clock import Style


def title_of(project: Project) -> str:
    """Return what the pages of a project are called."""
    return str(complete_ui(project.ui)["display_name"] or project.name)


def style_of(project: Project | None) -> Style:
    """Return how the pages of a project write times; without a project, the usual way."""
    asked = complete_ui(project.ui if project else {})["time_date_format"]
    return Style.TWENTY_FOUR_HOURS if asked == Style.TWENTY_FOUR_HOURS.value else Style.TWELVE_HOURS
