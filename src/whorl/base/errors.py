"""The one family of errors that Whorl raises on purpose.

Each class has a stable ``code`` (never reused), the HTTP status it becomes, and whether trying the same
call again may help. The message says what was given and what is allowed; the hint says what to do next.
Messages hold no SQL, secret or trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
else:
    try:
        from typing_extensions import TypeAliasType
    except ImportError:
        # On a device that has numpy alone; only Pydantic reads the alias at run time, and it brings the package.
        JsonValue = object
    else:
        # Pydantic builds no schema for a recursive alias without a name; mypy resolves none with one.
        JsonValue = TypeAliasType(
            "JsonValue", None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
        )


class WhorlError(Exception):
    """Root of all expected errors.

    Args:
        message: What happened, with the offending value.
        hint: The next step for the reader; empty when there is none.
        details: Machine-readable facts, such as both versions in a conflict.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "", details: Mapping[str, JsonValue] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: dict[str, JsonValue] = dict(details or {})

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; the default pickling forgets keyword-only arguments.
        return (_rebuild, (type(self), self.message, self.hint, self.details))


def _rebuild(cls: type[WhorlError], message: str, hint: str, details: dict[str, JsonValue]) -> WhorlError:
    return cls(message, hint=hint, details=details)


class InvalidInput(WhorlError):
    """A value given by the caller is not allowed."""

    code = "invalid_input"
    status = 422


class NotFound(WhorlError):
    """The thing named does not exist, or the caller may not know that it does."""

    code = "not_found"
    status = 404


class Conflict(WhorlError):
    """The thing exists already, or changed since the caller read it."""

    code = "conflict"
    status = 409


class StaleWrite(Conflict):
    """A save was based on an older version; ``details`` holds both versions."""

    code = "stale_write"


class Unauthenticated(WhorlError):
    """No valid token or session came with the request."""

    code = "unauthenticated"
    status = 401


class Forbidden(WhorlError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403


class LeaseLost(WhorlError):
    """The lease expired or is held by somebody else."""

    code = "lease_lost"
    status = 409


class UnreadableMedia(WhorlError):
    """Bytes that are not an image Whorl can decode within its limits."""

    code = "unreadable_media"
    status = 422


class FormatError(WhorlError):
    """A dataset file or folder does not follow the format it was said to be in."""

    code = "format_error"
    status = 422


class UnknownLabel(InvalidInput):
    """A label that the ontology does not have."""

    code = "unknown_label"


class LabelGone(UnknownLabel):
    """Labels of this work were taken out of the ontology meanwhile; ``details['labels']`` lists them."""

    code = "label_gone"
    status = 409


class QueryError(InvalidInput):
    """A query that does not parse, or names a field that does not exist."""

    code = "query_error"


class GraphError(InvalidInput):
    """A pipeline graph that cannot run; ``details['problems']`` lists each node and port."""

    code = "graph_error"


class ModelError(WhorlError):
    """A model adapter raised, or returned something that cannot be understood."""

    code = "model_error"
    status = 422


class Cancelled(WhorlError):
    """The work was cancelled on request."""

    code = "cancelled"
    status = 409


class StorageFull(WhorlError):
    """The disk or bucket refused more bytes."""

    code = "storage_full"
    status = 507
    retryable = True


class DatabaseBusy(WhorlError):
    """Another process holds the database's write lock."""

    code = "database_busy"
    status = 503
    retryable = True


class SchemaTooNew(WhorlError):
    """The database was written by a newer Whorl."""

    code = "schema_too_new"
    status = 500


class MissingDependency(WhorlError):
    """An optional package is needed for this and is not installed."""

    code = "missing_dependency"
    status = 501


class Unavailable(WhorlError):
    """The server cannot be reached or is not ready."""

    code = "unavailable"
    status = 503
    retryable = True


class WorkerLost(WhorlError):
    """The process that did the work died before it answered."""

    code = "worker_lost"
    status = 503
    retryable = True


class InternalError(WhorlError):
    """Something went wrong that nobody foresaw; the log holds the trace under the request's id."""

    code = "internal"


class BadRequest(InvalidInput):
    """The request is not HTTP or JSON that can be read."""

    code = "bad_request"
    status = 400


def error_classes() -> dict[str, type[WhorlError]]:
    """Map each stable code to its class, for the SDK to raise what the server raised."""
    found: dict[str, type[WhorlError]] = {}
    waiting: list[type[WhorlError]] = [WhorlError]
    while waiting:
        cls = waiting.pop()
        found.setdefault(cls.code, cls)
        waiting.extend(cls.__subclasses__())
    return found


class TooManyRequests(WhorlError):
    """The same caller failed or asked too often; ``details['retry_after_s']`` says how long to wait."""

    code = "too_many_requests"
    status = 429
    retryable = True


class PayloadTooLarge(WhorlError):
    """The request's body is larger than this server takes."""

    code = "payload_too_large"
    status = 413


class MethodNotAllowed(WhorlError):
    """The address exists and does not answer to this method."""

    code = "method_not_allowed"
    status = 405


class UntrustedOrigin(Forbidden):
    """The request's Host or Origin is not this server's: another site may be behind it."""

    code = "untrusted_origin"


class CsrfMissing(Forbidden):
    """A write with the session cookie came without the matching CSRF token."""

    code = "csrf_missing"


class IdempotencyMismatch(Conflict):
    """The same idempotency key came before with another request."""

    code = "idempotency_mismatch"


class RequestInFlight(Conflict):
    """The first request with this idempotency key is still running."""

    code = "request_in_flight"
    retryable = True


class ShapeError(InvalidInput):
    """An array does not have the shape that the function takes."""

    code = "wrong_shape"


class MaskError(InvalidInput):
    """Run lengths that do not describe a mask of the stated size."""

    code = "bad_mask"


class UnknownFormat(InvalidInput):
    """A dataset format that nobody registered."""

    code = "unknown_format"


class ListingGone(NotFound):
    """The server no longer holds this listing of items; make it again, with the same query."""

    code = "listing_gone"


class EgressRefused(InvalidInput):
    """An address that this server does not call: malformed, or inside a private network."""

    code = "egress_refused"


class NotServing(Conflict):
    """The endpoint is switched off, or has no model yet."""

    code = "not_serving"


class Overloaded(Unavailable):
    """More requests wait than the endpoint takes; ``details['retry_after_s']`` says when to come back."""

    code = "overloaded"


class ModelTimeout(WhorlError):
    """The model did not answer within the endpoint's time limit."""

    code = "model_timeout"
    status = 504


class FeaturesNotReady(Conflict):
    """What an encoder makes of this image is not there yet; ``details['state']`` says where it stands."""

    code = "features_not_ready"
    retryable = True
