"""What the sections of the config are made of.

Each package has the sections that it needs in its own `settings` module, so that a new key of one
package makes no other package's results stale; `ticketscope.config` puts them together.
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _number(value: object) -> object:
    """Read '7e-4', which YAML 1.1 takes for text because it has no decimal point."""
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", value):
        return float(value)
    return value


Number = Annotated[float, BeforeValidator(_number)]
Positive = Annotated[Number, Field(gt=0)]
NonNegative = Annotated[Number, Field(ge=0)]
Fraction = Annotated[Number, Field(gt=0, lt=1)]
Dropout = Annotated[Number, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Flag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
FlagValue = bool | int | float | str


class Section(BaseModel):
    """A part of the config; unknown keys and silent conversions are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Languages(Section):
    """The language pair, as ISO 639-1 codes."""

    source: str = Field("en", pattern=r"^[a-z]{2,3}$", description="Language to translate from.")
    target: str = Field("de", pattern=r"^[a-z]{2,3}$", description="Language to translate into.")
