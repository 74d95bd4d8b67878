"""Settings: `heliotrope.toml`, overridden by `HELIOTROPE_<SECTION>__<KEY>`; what is wrong is said in one line."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

DEFAULT_FILE = Path("heliotrope.toml")
PREFIX = "HELIOTROPE_"
BETWEEN = "__"
DEMO = "HELIOTROPE_DEMO__"
"""What the names of variables begin with that only `heliotrope demo` reads."""
BOTS_NAME = "Heliotrope"


class BadSettings(Exception):
    """A setting is wrong; the message is one line that names it and shows the right form."""


def _counted(value: object) -> object:
    if isinstance(value, bool):  # Python takes true for 1
        raise ValueError("not a number")
    return value


Count = Annotated[int, BeforeValidator(_counted)]


class Section(BaseModel):
    """A table of the file; a key that is not known is an error, not a silent typing mistake.

    Each setting says what it must be (`description`, which finishes "must be ...") and shows it (`examples`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    """Where everything durable is kept."""

    path: Path = Field(Path("heliotrope.db"), description="a file's path", examples=["heliotrope.db"])

    @field_validator("path")
    @classmethod
    def _names_a_file(cls, path: Path) -> Path:
        if not path.name:
            raise ValueError("no file's name")
        return path


class BackupSettings(Section):
    """Automatic backups of the database: `every_hours` between them, the newest `keep` are kept."""

    folder: Path = Field(Path("backups"), description="a folder's path", examples=["backups"])
    every_hours: Count = Field(24, ge=1, le=744, description="a number of hours from 1 to 744", examples=[24])
    keep: Count = Field(7, ge=1, le=1000, description="a number of files from 1 to 1000", examples=[7])


class LogSettings(Section):
    """What is logged to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR", examples=["INFO"]
    )


class RoomSettings(Section):
    """What commands in rooms start with."""

    prefix: str = Field(
        "!helio", pattern=r"^\S{1,32}$", description="1 to 32 characters without a space", examples=["!helio"]
    )


class ConsoleSettings(Section):
    """The platform in this terminal: who has an account (the first may administer), and which of them types."""

    people: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description=f"a list of different names, none of them {BOTS_NAME}", examples=[["Ana", "Bo"]]
    )
    speaks: str = Field("", description="one of console.people", examples=["Ana"])

    @field_validator("people", mode="before")
    @classmethod
    def _decoded(cls, people: object) -> object:
        return json.loads(people) if isinstance(people, str) else people

    @field_validator("people")
    @classmethod
    def _different_names(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        taken = {BOTS_NAME.casefold()}
        for name in people:
            if not name.isprintable() or name != name.strip() or name.casefold() in {*taken, ""}:
                raise ValueError("not a name of its own")
            taken.add(name.casefold())
        return people

    @field_validator("speaks")
    @classmethod
    def _has_an_account(cls, speaks: str, info: ValidationInfo) -> str:
        if speaks and speaks not in info.data.get("people", (speaks,)):
            raise ValueError("nobody of that name")
        return speaks


class MatrixSection(Section):
    """The platform Matrix: one account, its secrets, and whom it follows into rooms. Secrets are never shown."""

    homeserver: str = Field(
        "", pattern=r"^(https?://\S+)?$", description="a server's address", examples=["https://matrix.example.org"]
    )
    user_id: str = Field(
        "",
        pattern=r"^(@[^:\s]+:\S+)?$",
        description="a user id",
        examples=["@helio:example.org"],
        validate_default=True,
    )
    password: SecretStr = Field(SecretStr(""), description="the account's password", examples=["..."])
    password_file: str = Field("", description="the path of a file with the password", examples=["matrix.password"])
    access_token: SecretStr = Field(SecretStr(""), description="an access token", examples=["..."])
    device_id: str = Field("", description="the device that the access token belongs to", examples=["HELIOTROPE"])
    store: Path = Field(Path("matrix"), description="a folder for the device's own keys", examples=["matrix"])
    store_passphrase: SecretStr = Field(
        SecretStr(""), description="what encrypts the stored keys", examples=["a long sentence of your own"]
    )
    allowed_inviters: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="a list of user ids and server names", examples=[["@ana:example.org", "example.org"]]
    )
    ignored: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="a list of user ids", examples=[["@bridge:example.org"]]
    )
    prefix: str = Field(
        "", pattern=r"^\S{0,32}$", description="up to 32 characters without a space", examples=["!helio"]
    )
    encryption: Literal["auto", "always", "never"] = Field(
        "auto", description="auto, always or never", examples=["auto"]
    )

    @field_validator("allowed_inviters", "ignored", mode="before")
    @classmethod
    def _decoded(cls, listed: object) -> object:
        return json.loads(listed) if isinstance(listed, str) else listed


_IDS = Field((), description="a list of ids in quotes", examples=[["1234567890123456789"]])


class DiscordSection(Section):
    """The platform Discord: the application's token, and how it behaves in servers. The token is never shown."""

    token: SecretStr = Field(SecretStr(""), description="the bot's token", examples=["..."])
    api_base: str = Field(
        "https://discord.com/api/v10",
        pattern=r"^https?://\S+$",
        description="the API's address",
        examples=["https://discord.com/api/v10"],
    )
    gateway: str = Field(
        "", pattern=r"^(wss?://\S+)?$", description="a websocket address", examples=["wss://gateway.discord.gg"]
    )
    guilds: Annotated[tuple[str, ...], NoDecode] = _IDS
    admin_roles: Annotated[tuple[str, ...], NoDecode] = _IDS
    first_contact_per_hour: int = Field(20, ge=1, le=1000, description="a number from 1 to 1000", examples=[20])
    message_content: bool = Field(False, description="true or false", examples=[False])
    removed_kept_days: int = Field(30, ge=0, le=3650, description="a number of days", examples=[30])

    @field_validator("guilds", "admin_roles", mode="before")
    @classmethod
    def _decoded(cls, listed: object) -> object:
        return json.loads(listed) if isinstance(listed, str) else listed

    @field_validator("guilds", "admin_roles")
    @classmethod
    def _are_ids(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        if not all(id.isdecimal() for id in listed):
            raise ValueError("an id is a number")
        return listed


class Settings(BaseSettings):
    """Every setting, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=BETWEEN, extra="forbid")

    database: DatabaseSettings = DatabaseSettings()
    backup: BackupSettings = BackupSettings()
    logs: LogSettings = LogSettings()
    rooms: RoomSettings = RoomSettings()
    console: ConsoleSettings = ConsoleSettings()
    discord: DiscordSection = DiscordSection()
    matrix: MatrixSection = MatrixSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment override the file."""
        return env_settings, init_settings


def known() -> dict[str, dict[str, FieldInfo]]:
    """Return every setting, by section and key."""
    return {
        name: dict(field.annotation.model_fields)
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def load(file: Path | None = None) -> Settings:
    """Return the settings of a file (by default `heliotrope.toml` of the working folder, if there is one).

    Raises BadSettings, with one line that names the file or variable, the setting, and what it must be.
    """
    source = file or DEFAULT_FILE
    data: dict[str, Any] = {}
    if file is not None or source.exists():
        data = _read(source)
    variables = _variables()
    try:
        return Settings(**data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        loc = (*map(str, first["loc"]), "", "")
        variable = variables.get((loc[0], loc[1]))
        what = _what_is_wrong(loc[0], loc[1], in_environment=variable is not None)
        more = error.error_count() - 1
        raise BadSettings(f"{variable or source}: {what}" + (f" (and {more} more)" if more else "")) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file}: not valid TOML: {error}") from None


def _variables() -> dict[tuple[str, str], str]:
    """Return the names of the environment's variables that are settings, by section and key."""
    found = {}
    for name in os.environ:
        if not name.upper().startswith(PREFIX) or name.upper().startswith(DEMO):
            continue
        section, _, key = name[len(PREFIX) :].lower().partition(BETWEEN)
        if key not in known().get(section, {}):
            raise BadSettings(f"{name}: {_what_is_wrong(section, key)}; a variable is {PREFIX}<SECTION>__<KEY>")
        found[section, key] = name
    return found


def _what_is_wrong(section: str, key: str, *, in_environment: bool = False) -> str:
    sections = known()
    if section not in sections:
        return f"there is no section {section!r}; the sections are {', '.join(sections)}"
    settings = sections[section]
    if not key:
        return f"{section} is a section, with the settings {', '.join(settings)}"
    if key not in settings:
        return f"there is no setting {section}.{key}; those of {section} are {', '.join(settings)}"
    field = settings[key]
    example = (field.examples or [""])[0]
    if in_environment:
        shown = example if isinstance(example, str) else json.dumps(example)
    else:
        shown = f"{key} = {json.dumps(example)}"
    return f"{section}.{key} must be {field.description}, as in {shown}"
