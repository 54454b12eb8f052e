"""The classes of the domain have the columns of their tables, each under its name, in order."""

from dataclasses import fields

import pytest

from mlmon.evaluations.samples import Sample
from mlmon.evaluations.stored import Evaluation
from mlmon.models.versions import Version
from mlmon.sources.batches import Batch
from mlmon.warehouse.tables import TABLES

NOUNS = {"batches": Batch, "evaluations": Evaluation, "model_versions": Version, "samples": Sample}
COLUMNS = {table.name: list(table.columns) for table in TABLES}


@pytest.mark.parametrize("table", NOUNS)
def test_a_noun_has_the_columns_of_its_table(table):
    assert [field.name for field in fields(NOUNS[table])] == COLUMNS[table]
