"""People on the local Discord: what tests do as them, and what they see.

`Discord` is one world of the server: an application with its bot, its people, its servers. Whatever a real client
would not let a person do raises NotPossible.
"""

from tests.platforms.discord.people.interactions import Interaction, Modal
from tests.platforms.discord.people.person import User
from tests.platforms.discord.people.places import Guild, Place, Role
from tests.platforms.discord.people.sight import Input, Seen
from tests.platforms.discord.people.waiting import NoAnswer, NotPossible, eventually
from tests.platforms.discord.people.world import Discord

__all__ = [
    "Discord",
    "Guild",
    "Input",
    "Interaction",
    "Modal",
    "NoAnswer",
    "NotPossible",
    "Place",
    "Role",
    "Seen",
    "User",
    "eventually",
]
