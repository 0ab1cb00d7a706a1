"""The description of data views, saved searches and the dashboard, read from config/kibana/board.yaml."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

FILE = "board.yaml"

Direction = Literal["asc", "desc"]


class Part(BaseModel):
    """A part of the description: nothing unknown in it, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Runtime(Part):
    """A field that a data view works out by itself."""

    type: Literal["long", "keyword", "date", "double"]
    script: str


class View(Part):
    """A data view over one of our aliases, `notices` or `sources`; `labels` are what its fields are called."""

    id: str
    index: Literal["notices", "sources"]
    name: str
    time: str
    runtime: Mapping[str, Runtime] = Field(default_factory=dict)
    labels: Mapping[str, str] = Field(default_factory=dict)


class Search(Part):
    """A saved search; `query` is KQL, `sort` a field and a direction, `span` where its time range begins.

    Without a range of its own Kibana would show the last fifteen minutes.
    """

    id: str
    title: str
    about: str
    query: str
    columns: tuple[str, ...]
    sort: tuple[str, Direction]
    view: str = "notices"
    span: str = "now-10y"


class Regulator(Part):
    """A body that has a saved search of its own."""

    id: str
    name: str


class Order(Part):
    """By which of the panel's values rows are ordered."""

    by: int = 0
    direction: Direction = "desc"


class Row(Part):
    """A bucket of a panel: the values of a field, or spans of time (`every`)."""

    field: str
    label: str = ""
    size: int = 10
    every: str = ""
    missing: bool = False
    order: Order = Order()


class Value(Part):
    """What a panel measures: how many documents, or something of a field.

    `last` is its value in the newest document that has one, by the time in the field `at`; `where` takes only the
    documents that a query in KQL matches.
    """

    of: str = ""
    by: Literal["count", "max", "min", "sum", "average", "last"] = "count"
    label: str = "数量"
    at: str = ""
    where: str = ""


class Panel(Part):
    """A panel of the dashboard: what it shows, of which documents, and where."""

    id: str
    title: str
    kind: Literal["metric", "table", "bars", "rows", "cloud"]
    view: str
    grid: tuple[int, int, int, int]
    query: str = ""
    rows: tuple[Row, ...] = ()
    values: tuple[Value, ...]

    @field_validator("values", mode="before")
    @classmethod
    def _counted(cls, given: list[Any]) -> list[Any]:
        return [{} if one == "count" else one for one in given]


class Board(Part):
    """The dashboard; `refresh_minutes` 0 means never by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    title: str
    about: str
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    refresh_minutes: int
    panels: tuple[Panel, ...]


class Description(Part):
    """Everything that is exported."""

    views: tuple[View, ...]
    searches: tuple[Search, ...]
    regulators: tuple[Regulator, ...]
    board: Board

    def all_searches(self) -> tuple[Search, ...]:
        """The saved searches, one per regulator among them."""
        columns = ("headline", "type", "deadline_day", "number.shown", "account.shown")
        return self.searches + tuple(
            Search(
                id=f"issuer-{one.id}",
                title=f"{one.name}发布的",
                about=f"{one.name}及其司局发布的通知，新的在前。",
                query=f'issuer: "{one.name}"',
                columns=columns,
                sort=("published", "desc"),
            )
            for one in self.regulators
        )


def description() -> Description:
    """The description that is shipped; pydantic's ValidationError names what is wrong in it."""
    text = files("config").joinpath("kibana").joinpath(FILE).read_text(encoding="utf-8")
    return Description.model_validate(yaml.safe_load(text))
