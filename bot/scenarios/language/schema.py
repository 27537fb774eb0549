"""The JSON Schema of scenarios.yaml, made from the models, for completion and checks in editors."""

import json

from bot.scenarios.language.load import File


def schema_text() -> str:
    """The schema as committed in scenarios.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **File.model_json_schema(mode="validation"),
    }
    schema.pop("required")  # a file of the folder has only a part; `firstline check` asks for the whole
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
