"""Every setting of policywatch in one table: name, default and help, read once at the start."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

PREFIX = "POLICYWATCH_"
FILE = "settings.yaml"
_SECRET = re.compile(r"([?&][^=&#]*pass[^=&#]*=)[^&#]*", re.IGNORECASE)


class SettingsError(Exception):
    """Settings that cannot be used; the text names every one of them, its bad value and a good one."""


class Settings(BaseSettings):
    """The settings of one process: the environment wins over the operator's settings.yaml, that over the defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    data: Path = Field(
        Path("data"), description="folder of the store, the index and the kept pages", examples=["./data"]
    )
    config: Path = Field(
        Path(), validate_default=True, description="folder of the operator's own files", examples=["./data/config"]
    )
    database_url: str = Field(
        "",
        pattern=r"^$|^(sqlite|postgresql)(\+\w+)?://.+",
        description="database of the store; empty: SQLite in the data folder",
        examples=["postgresql+psycopg://user@host/policywatch"],
    )
    elasticsearch_url: str = Field(
        "",
        pattern=r"^$|^https?://.+",
        description="address of Elasticsearch; empty: the embedded index",
        examples=["https://search.example:9200"],
    )
    elasticsearch_index: str = Field(
        "policywatch",
        pattern=r"^[a-z][a-z0-9_-]{0,62}$",
        description="how the names of its indices and aliases begin",
        examples=["policywatch"],
    )
    elasticsearch_ca: str = Field(
        "",
        description="file of the authority that signed Elasticsearch's certificate",
        examples=["/etc/policywatch/ca.crt"],
    )
    elasticsearch_api_key: SecretStr = Field(
        SecretStr(""),
        description="API key for Elasticsearch, `policywatch elasticsearch role` prints the request for one",
        examples=["VnVhQ2ZH..."],
    )
    elasticsearch_user: str = Field(
        "", description="user of Elasticsearch, where there is no API key", examples=["policywatch"]
    )
    elasticsearch_password: SecretStr = Field(
        SecretStr(""), description="password of that user", examples=["a long one"]
    )
    elasticsearch_secret_file: str = Field(
        "",
        description="file with the API key, or with the password when a user is set, in place of the two",
        examples=["/run/secrets/elasticsearch"],
    )
    kibana_api_key: SecretStr = Field(
        SecretStr(""),
        description="API key for `policywatch kibana import`; it may write saved objects",
        examples=["VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="],
    )
    workers: int = Field(0, ge=0, le=64, description="processes that read pages; 0: one a core", examples=[2])
    user_agent: str = Field(
        "policywatch/0.2 (+{contact})",
        min_length=3,
        description="how crawls name themselves; {contact} is put in",
        examples=["policywatch/0.2 (+{contact})"],
    )
    contact: str = Field(
        "https://policywatch.invalid/contact",
        min_length=3,
        description="address or mail at which a crawled site reaches the operator",
        examples=["ops@example.org"],
    )
    download_max_mb: int = Field(32, ge=1, le=1024, description="largest page fetched, in MB", examples=[32])
    crawl_timeout: int = Field(1800, ge=1, description="seconds until a crawl's process is ended", examples=[1800])
    download_timeout: int = Field(30, ge=1, le=600, description="seconds a whole answer may take", examples=[30])
    crawl_processes: int = Field(2, ge=1, le=32, description="crawl processes side by side in `run`", examples=[2])
    keep_lists_days: int = Field(30, ge=1, description="days that the answers of lists are kept", examples=[30])
    keep_others_days: int = Field(90, ge=1, description="days that pages which are no articles are kept", examples=[90])
    crawl_memory_mb: int = Field(2048, ge=256, description="memory one crawl may use, in MB", examples=[2048])
    feeds_url: str = Field(
        "http://127.0.0.1:8765",
        pattern=r"^https?://[^/\s?#]+(/[^\s?#]*)?$",
        description="address under which others reach `policywatch serve --feeds`",
        examples=["https://feeds.example.org"],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="how much is logged to standard error", examples=["info"]
    )
    log_format: Literal["text", "json"] = Field("text", description="how log lines are written", examples=["json"])

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then the operator's file."""
        file = YamlConfigSettingsSource(settings_cls, yaml_file=folder() / FILE, yaml_file_encoding="utf-8")
        return init_settings, env_settings, file

    @property
    def store_url(self) -> str:
        """The database's address, SQLite in the data folder when none is set."""
        return self.database_url or f"sqlite:///{(self.data / 'policywatch.db').absolute()}"

    def agent_for(self, contact: str = "") -> str:
        """The user agent with a contact in it, the operator's own where none is given."""
        return self.user_agent.replace("{contact}", contact or self.contact)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting as `policywatch settings` prints it; `value` is masked where it holds a secret."""

    name: str
    value: str
    origin: str
    default: str
    help: str


def folder() -> Path:
    """The folder of the operator's own files, as the environment names it."""
    data = Path(os.environ.get(PREFIX + "DATA") or "data")
    return Path(os.environ.get(PREFIX + "CONFIG") or data / "config")


def load(**given: Any) -> Settings:
    """The settings of this process; raises SettingsError that names every bad value together."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_complaint(dict(row)) for row in error.errors())) from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{folder() / FILE} is not valid YAML ({_first_line(error)}): mend or remove it") from None
    except OSError as error:
        raise SettingsError(f"{folder() / FILE} cannot be read ({error.strerror}): check the file's rights") from None
    return settings if settings.config != Path() else settings.model_copy(update={"config": folder()})


def rows(settings: Settings) -> Iterator[SettingRow]:
    """Every setting with its value and where it came from, secrets masked."""
    own = _own_file()
    for name, field in Settings.model_fields.items():
        variable = PREFIX + name.upper()
        origin = "environment" if os.environ.get(variable) else str(folder() / FILE) if name in own else "default"
        default = "$POLICYWATCH_DATA/config" if name == "config" else str(field.default)
        yield SettingRow(variable, mask(str(getattr(settings, name))), origin, default, field.description or "")


def strangers() -> Iterator[tuple[str, str]]:
    """Variables of the environment that look like settings and are none, each with the setting probably meant."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            yield name, next(iter(difflib.get_close_matches(name, known, 1)), "")


def mask(value: str) -> str:
    """The text with the password or user part of an address, and passwords among its parameters, replaced by ***."""
    scheme, mark, rest = value.partition("://")
    if not mark:
        return value
    # A database's password may hold any character but @; in other addresses an @ may stand in the path too.
    database = not scheme.lower().startswith("http")
    host = rest.split("?", 1)[0] if database and ":" in rest.split("@", 1)[0] else rest.split("/", 1)[0]
    if "@" in host:
        user, _, _ = host.rpartition("@")
        shown = user.split(":", 1)[0] + ":***" if ":" in user else "***"
        rest = f"{shown}@{rest[len(user) + 1 :]}"
    rest = _SECRET.sub(r"\1***", rest)
    return f"{scheme}://{rest}"


def _own_file() -> Mapping[str, Any]:
    path = folder() / FILE
    if not path.is_file():
        return {}
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def _complaint(row: Mapping[str, Any]) -> str:
    name = str(row["loc"][0]) if row["loc"] else FILE
    field = Settings.model_fields.get(name)
    if field is None:
        return f"{name} in {folder() / FILE} is not a setting: `policywatch settings` lists them"
    example = field.examples[0] if field.examples else field.default
    return f"{PREFIX}{name.upper()} is {mask(str(row['input']))!r}: {row['msg']}; a good value is {str(example)!r}"


def _first_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else str(error).splitlines()[0]
