"""What people and programs say about answers: kept once, checked against the ontology, told to whoever listens."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from whorl.annotations.rules import check_inside
from whorl.base.errors import Forbidden, InvalidInput, JsonValue, UnknownLabel
from whorl.base.ids import new_id
from whorl.datasets.rules import check_json
from whorl.engine.inbox import send
from whorl.engine.messages import Message
from whorl.ontology.queries import current_draft
from whorl.ontology.rules import check_attributes, check_known
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.serving import Feedback, FeedbackCreate, Verdict
from whorl.serving.log_queries import feedback_of, get_line
from whorl.serving.recording import FLAG_NODE, ON_VERDICT
from whorl.store.db.tables import endpoint, feedback, prediction_log
from whorl.store.events import emit

MOST_ANNOTATIONS = 2000
_SIGNATURE = 32


def give_feedback(
    conn: Connection, endpoint_id: str, given: FeedbackCreate, *, actor_id: str, now: datetime
) -> Feedback:
    """Keep what somebody says of an answer. Emits ``feedback.received`` the first time.

    Saying the same again (prediction, who, verdict) is saying it once: the first is given back, with the newer comment
    and correction.

    Args:
        actor_id: Whose request it is; also who it is from when ``given.who`` says nothing.

    Raises:
        InvalidInput: A correction is missing, or comes with another verdict, or lies outside the image.
        NotFound: The endpoint has no such prediction.
        UnknownLabel: The correction has a label that the ontology lacks; the nearest ones are offered for mapping.
    """
    _check_shape(given)
    # Locked, so that two of the same at one moment are one.
    conn.execute(select(prediction_log.c.key).where(prediction_log.c.id == given.prediction_id).with_for_update())
    line = get_line(conn, given.prediction_id, endpoint_id=endpoint_id)
    home = conn.execute(select(endpoint).where(endpoint.c.id == endpoint_id)).mappings().one()
    correction = _checked_correction(conn, given, line, project_id=home["project_id"])
    who = given.who or actor_id
    stored = None if correction is None else [draft.model_dump(mode="json") for draft in correction]
    before = conn.execute(
        select(feedback).where(
            feedback.c.prediction_id == given.prediction_id,
            feedback.c.verdict == given.verdict.value,
            feedback.c.who == who,
        )
    ).mappings()
    standing = before.first()
    if standing is not None:
        return _renew(conn, standing, stored, given.comment)
    row: dict[str, object] = {
        "id": new_id("feedback", at=now.timestamp()),
        "endpoint_id": endpoint_id,
        "prediction_id": given.prediction_id,
        "model_id": line["model_id"],
        "verdict": given.verdict.value,
        "correction": stored,
        "comment": given.comment,
        "who": who,
        "item_id": line["item_id"],
        "at": now,
    }
    made = conn.execute(insert(feedback).values(**row).returning(feedback)).mappings().one()
    payload: dict[str, JsonValue] = {
        "endpoint_id": endpoint_id,
        "prediction_id": given.prediction_id,
        "verdict": given.verdict.value,
        "model_id": line["model_id"],
        "item_id": line["item_id"],
        "dataset_id": None if line["item_id"] is None else home["dataset_id"],
    }
    emit(
        conn,
        "feedback.received",
        project_id=home["project_id"],
        subject_id=line["item_id"] or given.prediction_id,
        actor_id=actor_id,
        now=now,
        payload=payload,
    )
    send(conn, [Message(FLAG_NODE, 0, given.prediction_id, ON_VERDICT)])
    return feedback_of(made)


def sign_page(secret: str, endpoint_name: str, prediction_id: str) -> str:
    """The signature that opens the page for end users about one prediction: 32 hexadecimal digits."""
    said = f"feedback:{endpoint_name}:{prediction_id}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()[:_SIGNATURE]


def check_signature(secret: str, endpoint_name: str, prediction_id: str, given: str) -> None:
    """Let a signature pass that ``sign_page`` made.

    Raises:
        Forbidden: It is none, or for another prediction.
    """
    wanted = sign_page(secret, endpoint_name, prediction_id)
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise Forbidden(
            "this link was not made by this server, or it was changed",
            hint="Ask for a new one: GET /api/v1/predictions/{prediction_id}/feedback-link.",
        )


def _check_shape(given: FeedbackCreate) -> None:
    for name in ("comment", "who"):
        check_json(getattr(given, name), where=name)
    if given.verdict is Verdict.CORRECTION and given.correction is None:
        raise InvalidInput(
            "a correction says what is true", hint="Give correction, a list of annotations; an empty one: nothing."
        )
    if given.verdict is not Verdict.CORRECTION and given.correction is not None:
        raise InvalidInput(
            f"correction comes with the verdict correction, not {given.verdict}",
            hint="Send the verdict correction, or leave the annotations out.",
        )
    if given.correction is not None and len(given.correction) > MOST_ANNOTATIONS:
        raise InvalidInput(
            f"the correction has {len(given.correction):,} annotations; {MOST_ANNOTATIONS:,} are allowed"
        )


def _checked_correction(
    conn: Connection, given: FeedbackCreate, line: RowMapping, *, project_id: str
) -> list[AnnotationDraft] | None:
    if given.correction is None:
        return None
    drafts = [_mapped(draft, given.label_map) for draft in given.correction]
    ontology = current_draft(conn, project_id)
    try:
        check_known(dict.fromkeys(draft.label for draft in drafts), [label.name for label in ontology.labels])
    except UnknownLabel as error:
        label, nearest = error.details.get("label"), error.details.get("nearest")
        to = nearest[0] if isinstance(nearest, list) and nearest else "a label of the ontology"
        raise UnknownLabel(
            error.message,
            hint=f'Map it: send label_map {{"{label}": "{to}"}} beside the correction, or add it to the ontology.',
            details=error.details,
        ) from error
    for number, draft in enumerate(drafts):
        where = f"correction[{number}]"
        check_inside(draft.geometry, width=line["width"], height=line["height"], where=where)
        check_json(draft.attributes, where=f"{where}.attributes")
        check_attributes(draft.label, draft.attributes, ontology.attributes)
    return drafts


def _mapped(draft: AnnotationDraft, label_map: Mapping[str, str]) -> AnnotationDraft:
    # Ids name annotations of an item; what a stranger sends names none.
    return draft.model_copy(
        update={"label": label_map.get(draft.label, draft.label), "id": None, "from_prediction": None}
    )


def _renew(
    conn: Connection, standing: RowMapping, correction: list[dict[str, JsonValue]] | None, comment: str | None
) -> Feedback:
    values = {
        "correction": standing["correction"] if correction is None else correction,
        "comment": standing["comment"] if comment is None else comment,
    }
    if values == {name: standing[name] for name in values}:
        return feedback_of(standing)
    changed = update(feedback).where(feedback.c.id == standing["id"]).values(**values).returning(feedback)
    return feedback_of(conn.execute(changed).mappings().one())
