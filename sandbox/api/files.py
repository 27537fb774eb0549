"""getFile; the bytes are under /file/bot<token>/<path>."""

from sandbox.api.table import Methods
from sandbox.core.box import Box
from sandbox.core.files import GET_LIMIT
from sandbox.core.refusals import refuse
from sandbox.core.wire import TEXT, Args
from sandbox.core.world import Json

METHODS = Methods()


@METHODS.add("getFile", file_id=TEXT)
def get_file(box: Box, args: Args) -> Json:
    stored = box.files.by_id(args.get("file_id", ""))
    if stored is None:
        raise refuse("file_id_get")
    if len(stored.data) > GET_LIMIT:
        raise refuse("file_big")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.data),
        "file_path": stored.path,
    }
