"""An OpenAPI document as a person reads it: groups of operations, and the models they use.

Knows the part of OpenAPI 3.1 and JSON Schema that our own document uses.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

LENGTH_OF_ALL = 20_000
"""A limit that every text has, and that need not be said of each."""

_METHODS = ("get", "post", "put", "patch", "delete")
_KEYS = {
    "AppKey": "App key",
    "AnyKey": "App key or widget key",
    "OwnKey": "App key or server-token",
    "PageOrOwnKey": "App key, widget key or server-token",
    "EveryKey": "Any key or token",
}
_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypePart:
    """A piece of a type: words, or the name of a model with the way to it."""

    text: str
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A parameter, or a field of a model."""

    name: str
    type: Sequence[TypePart]
    required: bool
    description: str
    limits: str
    example: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An object that requests or answers hold."""

    name: str
    title: str
    description: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operation may answer."""

    status: str
    description: str
    type: Sequence[TypePart]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    key: str
    path_parameters: Sequence[Row]
    query_parameters: Sequence[Row]
    header_parameters: Sequence[Row]
    body: Model | None
    body_type: Sequence[TypePart]
    example: str | None
    replies: Sequence[Reply]
    refusals: Sequence[Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The operations that share a tag, in the order of the document."""

    name: str
    anchor: str
    operations: Sequence[Operation]


@dataclass(frozen=True, slots=True)
class Reference:
    """A document to read from."""

    document: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Return the name of the API and its version."""
        return f"{self.document['info']['title']} {self.document['info']['version']}"

    @property
    def description(self) -> str:
        """Return what the document says of itself."""
        return str(self.document["info"].get("description", "")).strip()

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Return the kinds of keys: what each is called here, and how it is sent."""
        schemes = self.document["components"].get("securitySchemes", {})
        return [
            (_KEYS.get(name, name), str(told.get("description", "")))
            for name, told in schemes.items()
        ]

    @property
    def groups(self) -> list[Group]:
        """Return every operation under its tag, the tags in the order of the document."""
        by_tag: dict[str, list[Operation]] = {
            tag["name"]: [] for tag in self.document.get("tags", ())
        }
        for path, methods in self.document["paths"].items():
            for method in _METHODS:
                if told := methods.get(method):
                    tag = (told.get("tags") or ["Other"])[0]
                    by_tag.setdefault(tag, []).append(self._operation(path, method, told))
        return [
            Group(name=tag, anchor=f"group-{tag.lower().replace(' ', '-')}", operations=operations)
            for tag, operations in by_tag.items()
            if operations
        ]

    @property
    def models(self) -> list[Model]:
        """Return every model by name."""
        schemas = self.document["components"].get("schemas", {})
        return [self._model(name) for name in sorted(schemas)]

    def _operation(self, path: str, method: str, told: Mapping[str, Any]) -> Operation:
        parameters = told.get("parameters", [])
        content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        replies = [self._reply(status, each) for status, each in sorted(told["responses"].items())]
        return Operation(
            anchor=told["operationId"],
            method=method.upper(),
            path=path,
            summary=told.get("summary", ""),
            description=told.get("description", ""),
            key=_key(told),
            path_parameters=list(self._parameters(parameters, "path")),
            query_parameters=list(self._parameters(parameters, "query")),
            header_parameters=list(self._parameters(parameters, "header")),
            body=self._model(_name(schema)) if "$ref" in schema else None,
            body_type=self.type_of(schema) if schema else [],
            example=_json(content["example"]) if content else None,
            replies=[each for each in replies if each.status < "4"],
            refusals=[each for each in replies if each.status >= "4"],
        )

    def _parameters(self, parameters: Sequence[Mapping[str, Any]], place: str) -> Iterator[Row]:
        for each in parameters:
            if each["in"] == place:
                schema = {**_given(each["schema"]), "description": each.get("description", "")}
                yield self._row(each["name"], schema, required=each.get("required", False))

    def _reply(self, status: str, told: Mapping[str, Any]) -> Reply:
        content = told.get("content", {}).get("application/json", {})
        kind = self.type_of(content["schema"]) if content.get("schema") else []
        return Reply(status=status, description=told.get("description", ""), type=kind)

    def _model(self, name: str) -> Model:
        schema = self._schema(name)
        required = set(schema.get("required", ()))
        return Model(
            name=name,
            title=str(schema.get("title", name)),
            description=schema.get("description", ""),
            rows=[
                self._row(key, each, required=key in required)
                for key, each in schema.get("properties", {}).items()
            ],
        )

    def _row(self, name: str, schema: Schema, *, required: bool) -> Row:
        # The limits of a field that may be null stand in the branch that is not.
        branches = [schema, *schema.get("anyOf", ())]
        limits = [
            text.format(branch[key])
            for branch in branches
            for key, text in _LIMITS.items()
            if key in branch and not (key == "maxLength" and branch[key] >= LENGTH_OF_ALL)
        ]
        examples = schema.get("examples") or [e for b in branches for e in b.get("examples", ())]
        if "default" in schema and schema["default"] is not None:
            limits.append(f"{json.dumps(schema['default'])} unless given")
        return Row(
            name=name,
            type=self.type_of(schema),
            required=required,
            description=schema.get("description", ""),
            limits=", ".join(limits),
            example=json.dumps(examples[0], ensure_ascii=False) if examples else None,
        )

    def type_of(self, schema: Schema) -> list[TypePart]:
        """Return the type of a schema in words, with the models it names."""
        if "$ref" in schema:
            name = _name(schema)
            return [TypePart(text=str(self._schema(name).get("title", name)), model=name)]
        if "anyOf" in schema:
            return _joined([self.type_of(each) for each in schema["anyOf"]], " or ")
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            return [TypePart(text=" or ".join(json.dumps(value) for value in values))]
        if schema.get("type") == "array":
            return [TypePart(text="array of "), *self.type_of(schema.get("items", {}))]
        return [TypePart(text=str(schema.get("format") or schema.get("type") or "any value"))]

    def _schema(self, name: str) -> Schema:
        found: Schema = self.document["components"]["schemas"][name]
        return found


def _given(schema: Schema) -> Schema:
    """Return the schema of a parameter without null, which only says that it may be left out."""
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return {**schema, "anyOf": kinds} if kinds else schema


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _joined(kinds: Sequence[list[TypePart]], word: str) -> list[TypePart]:
    """Return the kinds with a word between them; each kind only once."""
    distinct = [kind for index, kind in enumerate(kinds) if kind not in kinds[:index]]
    joined = list(distinct[0])
    for kind in distinct[1:]:
        joined += [TypePart(text=word), *kind]
    return joined


def _key(told: Mapping[str, Any]) -> str:
    names = [name for each in told.get("security", ()) for name in each]
    return " or ".join(_KEYS.get(name, name) for name in names) or "No key"


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
