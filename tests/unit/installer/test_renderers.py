"""JSON of the REST API is what the framework's own encoder makes of it, byte for byte where it is text."""

import json
from datetime import UTC, datetime

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer

from installer.api.renderers import Json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_any_document_reads_back_the_same(data):
    assert json.loads(Json().render(data) or b"null") == json.loads(JSONRenderer().render(data) or b"null")


@pytest.mark.parametrize(
    "data",
    [
        {"text": mark_safe("<b>")},
        [ErrorDetail("wrong", "invalid")],
        {"lazy": gettext_lazy("Nodes")},
        {"at": datetime(2026, 3, 4, 1, 2, 3, 456, tzinfo=UTC)},
        {"number": 2**70, "key": {1: 2}},
        None,
    ],
    ids=str,
)
def test_what_is_no_plain_value_is_written_as_before(data):
    assert Json().render(data) == JSONRenderer().render(data)


def test_an_indent_is_kept():
    asked = "application/json; indent=2"
    assert Json().render({"a": [1]}, asked) == JSONRenderer().render({"a": [1]}, asked)
