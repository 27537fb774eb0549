"""Photos and files: sizes, limits, downloads, albums."""

import aiohttp
import pytest

from sandbox.core.files import picture_size, plain_picture
from tests.sandbox.conftest import ANNA, TOKEN, Client

PNG = plain_picture(640, 480)


async def send(
    desk: Client, method: str, field: str, data: bytes, name: str = "x.png", **more: str
) -> dict[str, object]:
    form = aiohttp.FormData()
    form.add_field("chat_id", str(ANNA))
    form.add_field(field, data, filename=name, content_type="image/png")
    for key, value in more.items():
        form.add_field(key, value)
    async with desk.http.post(f"{desk.api_root}/{method}", data=form) as answer:
        body: dict[str, object] = await answer.json()
        return body


async def test_a_photo_has_sizes_and_can_be_downloaded(desk: Client) -> None:
    answer = await send(desk, "sendPhoto", "photo", PNG, caption="<b>вид</b>", parse_mode="HTML")
    message = answer["result"]
    assert isinstance(message, dict)
    small, full = message["photo"]
    assert (full["width"], full["height"], small["width"]) == (640, 480, 320)
    assert message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    file = await desk.ok("getFile", file_id=full["file_id"])
    async with desk.http.get(f"{desk.root}/file/bot{TOKEN}/{file['file_path']}") as got:
        assert await got.read() == PNG


async def test_a_file_is_sent_again_by_its_id(desk: Client) -> None:
    photo = await desk.sim("send", sender=ANNA, photo={})
    again = await desk.ok("sendPhoto", chat_id=ANNA, photo=photo["photo"][-1]["file_id"])
    assert again["photo"][-1]["file_unique_id"] == photo["photo"][-1]["file_unique_id"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Bad Request: file must be non-empty"),
        (b"no picture", "Bad Request: IMAGE_PROCESS_FAILED"),
        (plain_picture(2100, 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (PNG + b"\0" * 10 * 1024 * 1024, "Bad Request: file is too big"),
    ],
    ids=["empty", "no picture", "too long", "too big"],
)
async def test_what_is_no_photo_is_refused(desk: Client, data: bytes, words: str) -> None:
    assert (await send(desk, "sendPhoto", "photo", data))["description"] == words


async def test_files_have_two_limits(desk: Client) -> None:
    big = await desk.sim("send", sender=ANNA, document={"size": 20 * 1024 * 1024 + 1})
    refused = await desk.call("getFile", file_id=big["document"]["file_id"])
    assert refused["description"] == "Bad Request: file is too big"
    answer = await send(desk, "sendDocument", "document", b"\0" * (50 * 1024 * 1024 + 1))
    assert answer["description"] == "Request Entity Too Large"


async def test_an_album_is_a_list_of_messages_of_one_group(desk: Client) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", str(ANNA))
    form.add_field(
        "media", '[{"type":"photo","media":"attach://a","caption":"1"},{"type":"photo","media":"attach://b"}]'
    )
    form.add_field("a", PNG, filename="a.png")
    form.add_field("b", PNG, filename="b.png")
    async with desk.http.post(f"{desk.api_root}/sendMediaGroup", data=form) as answer:
        first, second = (await answer.json())["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second) == ("1", False)


async def test_people_send_every_kind_of_file(desk: Client) -> None:
    for kind in ("photo", "document", "video", "animation", "voice", "audio", "video_note", "sticker"):
        message = await desk.sim("send", sender=ANNA, **{kind: {"name": f"my.{kind}"}})
        assert kind in message
        assert kind in (await desk.updates())[0]["message"]


async def test_a_photo_message_has_no_text_to_edit(desk: Client) -> None:
    await send(desk, "sendPhoto", "photo", PNG)
    answer = await desk.call("editMessageText", chat_id=ANNA, message_id=1, text="x")
    assert answer["description"] == "Bad Request: there is no text in the message to edit"
    changed = await desk.ok("editMessageCaption", chat_id=ANNA, message_id=1, caption="подпись")
    assert changed["caption"] == "подпись"


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a\x10\x00\x20\x00",
        b"BM" + b"\0" * 16 + b"\x10\0\0\0\xe0\xff\xff\xff",
        b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x0f\0\0\x1f\0\0",
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x20\x00\x10",
    ],
    ids=["gif", "bmp", "webp", "jpeg"],
)
def test_sizes_are_read_from_every_usual_picture(data: bytes) -> None:
    assert picture_size(data) == (16, 32)
