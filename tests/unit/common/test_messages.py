"""Messages: code and parameters, worded when they are shown."""

from __future__ import annotations

import ipaddress
import json
import pickle
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import wording
from common.codes import CODES
from common.codes.registry import Code, Says, explanation
from common.errors import Busy, Denied, Failed, Finding, Refused
from common.messages import Message, code_of, message, phrase
from common.ssh import SshError
from jobs.context import StepFailed


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a code with every kind of sentence."""
    says = {
        "": Says(
            "zone {zone} has {hypers:hyper|hypers}", "run `scale_qingcloud -z {zone} -i {nodes}`, then look"
        ),
        "names": Says("{names:and} serve {other!r}"),
        "since": Says("since {at:time}, {at:datetime}"),
        "within": Says("{error}; given up"),
        "again": Says("again: {said:detail}", "{said:remedy}, once more"),
        "list": Says("{items:;}", "then `collect_nodes {force}`"),
    }
    monkeypatch.setitem(CODES, "Y01", Code("Y01", "A code", "Because.", "Do.", says=says))


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look templates up in another language."""
    known = {"zone {zone} has {hypers:hyper|hypers}": "{hypers:hyper|hypers} en {zone}", "and": "et"}
    monkeypatch.setattr(wording, "_catalog", [lambda text: known.get(text, text)])


def test_a_message_is_its_sentence() -> None:
    made = message("Y01", zone="pek3c", hypers=1, nodes=["a", "b c"])
    assert made == "zone pek3c has 1 hyper: run scale_qingcloud -z pek3c -i a 'b c', then look"
    assert message("Y01", zone="z", hypers=3, nodes=[]).detail == "zone z has 3 hypers"
    assert [part for part in made.remedy_on_page() if part.command] == [
        wording.Part("scale_qingcloud -z pek3c -i a 'b c'", command=True)
    ]


def test_values_become_json_values() -> None:
    params = {"names": {Path("/b"), Path("/a")}, "other": ipaddress.ip_network("10.0.0.0/8")}
    made = message("Y01", "names", **params)
    assert made == "/a and /b serve '10.0.0.0/8'"
    assert json.loads(json.dumps(made.stored())) == made.stored()
    at = datetime.fromisoformat("2026-11-30T18:02:03.5+08:00")
    assert message("Y01", "since", at=at) == "since 10:02 UTC, 2026-11-30 10:02:03 UTC"


def test_what_cannot_be_worded_is_an_error_where_it_is_made() -> None:
    for code, says, params in (("Y99", "", {}), ("Y01", "none", {}), ("Y01", "", {"zone": "z"})):
        with pytest.raises(KeyError):
            message(code, says, **params)


@given(text=st.text(), inner=st.text())
def test_what_is_stored_comes_back(text: str, inner: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CODES, "Y02", Code("Y02", "A", "B.", "C.", says={"": Says("{error}; {items}")}))
        made = message("Y02", error=Message.literal(inner), items=[text, Message.literal(text, inner)])
        again = Message.from_stored(json.loads(json.dumps(made.stored())))
        assert again == made and again.stored() == made.stored() and pickle.loads(pickle.dumps(made)) == made


def test_what_another_release_stored_is_shown_as_it_stands() -> None:
    assert Message.from_stored({"code": "Y98", "says": "gone", "params": {"zone": "z"}}) == "gone (zone: z)"
    assert Message.from_stored({"code": "Y01", "says": "", "params": {}}).code == "Y01"
    old = {"code": "R02", "level": "warning", "field": "roles", "detail": "odd", "remedy": "add one"}
    assert Finding.from_stored(old).sentence() == "R02 warning roles: odd -> add one"


def test_texts_of_a_message_are_changed_and_its_sentence_is_not() -> None:
    inner = message("Y01", zone="secret", hypers=2, nodes=["secret"])
    made = message("Y01", "within", error=inner).mapped(lambda text: text.replace("secret", "***"))
    assert made == "zone *** has 2 hypers: run scale_qingcloud -z '***' -i '***', then look; given up"


def test_a_message_within_a_message_keeps_its_commands() -> None:
    inner = message("Y01", zone="z", hypers=1, nodes=["a"])
    assert message("Y01", "again", said=inner).detail == "again: zone z has 1 hyper"
    made = message("Y01", "list", items=[message("Y01", "again", said=inner), "b"], force=[])
    assert made == (
        "again: zone z has 1 hyper: run scale_qingcloud -z z -i a, then look, once more; b: then collect_nodes"
    )
    commands = [part.text for part in made.parts() if part.command]
    assert commands == ["scale_qingcloud -z z -i a", "collect_nodes"]


def test_a_shared_sentence_keeps_the_code() -> None:
    said = message("Y01", "names", names=["a"], other="b")
    made = said.within("of_plan", plan="z-1", instead=message("Y01", zone="z", hypers=1, nodes=[]))
    assert (made.code, made.detail) == ("Y01", "z-1: a serve 'b'")
    assert Message.from_stored(json.loads(json.dumps(made.stored()))) == made


def test_what_went_wrong_is_the_message_of_the_exception() -> None:
    said = message("Y01", zone="z", hypers=1, nodes=[])
    assert message("Y01", "within", error=ValueError(said)).params["error"] is said
    assert message("Y01", "within", error=ValueError("text")) == "text; given up"


def test_a_finding_without_the_registry_cannot_be_built() -> None:
    with pytest.raises(TypeError, match="codes registry"):
        Finding("R02")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Finding("R02", "five hypers", "add one")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Refused.because("R02")  # type: ignore[arg-type]


def test_the_sentence_is_made_for_the_one_who_looks(french: None) -> None:
    stored = {"code": "Y01", "says": "", "params": {"zone": "z", "hypers": 2, "nodes": []}}
    assert Message.from_stored(stored).detail == "2 hypers en z"
    assert message("Y01", "names", names=["a", "b"], other="") == "a et b serve ''"


def test_an_error_has_its_message() -> None:
    said = message("Y01", zone="z", hypers=2, nodes=[])
    assert Failed(said).message is said and Failed(said).sentence() == f"Y01 {said}"
    assert Refused.because(said, field="zone_id").message is said
    both = Refused([Finding(said), Finding(said)])
    assert both.message.count("zone z") == 2 and both.message.count("Y01") == 2
    assert Message.from_stored(json.loads(json.dumps(both.message.stored()))).params == both.message.params
    assert Finding.from_stored(Finding(said, field="a", line=3).stored()) == Finding(said, field="a", line=3)


def test_a_phrase_has_no_code_and_is_put_into_words_for_the_one_who_reads_it(french: None) -> None:
    made = phrase("zone {zone} has {hypers:hyper|hypers}", zone="pek3c", hypers=2)
    assert (made, made.code, made.remedy) == ("2 hypers en pek3c", "", "")
    wording.translate_with(str)
    kept = json.loads(json.dumps(phrase("{names:and} differ", names=["a", made]).stored()))
    assert Message.from_stored(kept) == "a and zone pek3c has 2 hypers differ"
    with pytest.raises(KeyError):
        phrase("{nodes:node|nodes} came", hypers=2)


@pytest.mark.parametrize(
    "error",
    [Failed, Denied, Busy, StepFailed, partial(SshError, "dropped"), partial(Busy, job_id="j-1")],
)
def test_an_error_of_a_text_cannot_be_made(error: Callable[[str], Exception]) -> None:
    with pytest.raises(TypeError, match="not a message of the codes registry"):
        error("it broke")
    said = message("Y01", zone="z", hypers=2, nodes=[])
    assert error(said).message is said  # type: ignore[attr-defined]


def test_the_code_of_a_stored_error() -> None:
    assert code_of(message("Y01", zone="z", hypers=2, nodes=[])) == "Y01"
    assert code_of("text of an earlier release") == code_of("") == code_of(Message.literal("text")) == ""


def test_a_secret_that_is_part_of_a_moment_leaves_a_sentence() -> None:
    made = message("Y01", "since", at=datetime.fromisoformat("2026-11-30T10:02:03+00:00"))
    assert made.mapped(lambda text: text.replace("2026", "***")).startswith("since ***-11-30")


def test_a_message_of_any_length_is_cut() -> None:
    made = message("Y01", "names", names=["x" * 90] * 900, other="")
    cut = made.shortened(100)
    assert (len(cut), cut.code, cut[-1]) == (100, "Y01", "…") and made.shortened(10**6) is made


def test_what_a_code_means_is_explained_in_the_language_of_the_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wording, "_catalog", [lambda text: f"[{text}]"])
    text = explanation(CODES["Y01"])
    assert text.splitlines() == ["Y01 error: [A code]", "", "[Because.]", "", "[What to do:] [Do.]"]
