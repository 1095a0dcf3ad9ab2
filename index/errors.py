"""What can be wrong with an index or a model, each said in one sentence that a person can act on."""

from corpus.errors import TiaowenError


class IndexMissing(TiaowenError):
    """There is no index where one was expected."""


class IndexDamaged(TiaowenError):
    """An index is there but cannot be trusted."""


class ModelUnavailable(TiaowenError):
    """An encoder or reranker was named that cannot be loaded here."""
