// What the snippets for Swift and Kotlin are made of: operations of the OpenAPI document, and their types.

/** The operations that the snippets show, with the name of their function. */
const flows = [
  ['POST /v1/registrations', 'signUp'],
  ['POST /v1/session', 'logIn'],
  ['GET /v1/session', 'showSession'],
  ['GET /v1/projects', 'listProjects'],
  ['DELETE /v1/session', 'logOut'],
  ['POST /v1/passwords', 'requestPasswordReset'],
  ['PUT /v1/passwords', 'resetPassword'],
] as const

/** A value, in the words of both languages. */
export type Type =
  | { readonly kind: 'string' | 'boolean' | 'integer'; readonly isNullable: boolean }
  | { readonly kind: 'object'; readonly name: string; readonly isNullable: boolean }
  | { readonly kind: 'list'; readonly of: Type; readonly isNullable: boolean }

export interface Field {
  /** As on the wire. */
  readonly wire: string
  readonly name: string
  readonly type: Type
}

export interface Struct {
  readonly name: string
  readonly fields: readonly Field[]
}

export interface Flow {
  readonly name: string
  readonly summary: string
  readonly method: string
  readonly path: string
  readonly needsToken: boolean
  /** Fields of the body, or of the query where there is none. */
  readonly parameters: readonly Field[]
  readonly answer: string
}

/** What the document says of the flows. */
export function read(document: unknown): { flows: readonly Flow[]; structs: readonly Struct[] } {
  const structs = new Map<string, Struct>()
  const made = flows.map(([line, name]) => flowOf(Object(document), { line, name, structs }))
  const { Refusal: refusal } = Object(document).components.schemas
  declare('Problem', refusal.properties.details.items, structs)
  return { flows: made, structs: [...structs.values()] }
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

interface Asked {
  readonly line: string
  readonly name: string
  readonly structs: Map<string, Struct>
}

function flowOf(document: { paths: object }, { line, name, structs }: Asked): Flow {
  const [method = '', path = ''] = line.split(' ')
  const operation = Object(document.paths)[path]?.[method.toLowerCase()]
  if (!operation) throw new Error(`The document has no ${line}`)
  const { requestBody, parameters, responses, security, summary } = operation
  const [success] = Object.entries(responses).filter(([status]) => status !== 'default')
  const body: Schema = jsonOf(Object(success?.[1]))
  // Of several answers the one with a token: the others are of browsers.
  const shape = body.anyOf?.find(({ properties }) => properties?.token) ?? body
  const answer = `${name.charAt(0).toUpperCase()}${name.slice(1)}Answer`
  const isMessage = Object.keys(shape.properties ?? {}).join() === 'message'
  declare(isMessage ? 'Message' : answer, shape, structs)
  return {
    name,
    summary,
    method,
    path,
    needsToken: security.length > 0,
    parameters: requestBody
      ? fieldsOf(jsonOf(requestBody), structs).filter(isForPhones)
      : parameters.map((each: { name: string; schema: Schema; required: boolean }) =>
          field(each.name, each.schema, { isRequired: each.required, structs }),
        ),
    answer: isMessage ? 'Message' : answer,
  }
}

// The cookie is for browsers, and to type a password twice is the page's business.
function isForPhones({ wire }: Field): boolean {
  return wire !== 'transport' && wire !== 'password_confirmation'
}

function jsonOf({ content }: { content: Record<string, { schema: Schema }> }): Schema {
  return content['application/json']?.schema ?? {}
}

function declare(name: string, schema: Schema, structs: Map<string, Struct>): void {
  const fields = fieldsOf(schema, structs)
  structs.set(name, { name, fields })
}

function fieldsOf({ properties = {}, required = [] }: Schema, structs: Asked['structs']): Field[] {
  return Object.entries(properties).map(([wire, schema]) =>
    field(wire, schema, { isRequired: required.includes(wire), structs }),
  )
}

interface Around {
  readonly isRequired: boolean
  readonly structs: Map<string, Struct>
}

function field(wire: string, schema: Schema, { isRequired, structs }: Around): Field {
  const name = wire.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())
  const type = typeOf(schema, { wire, structs })
  return { wire, name, type: isRequired ? type : { ...type, isNullable: true } }
}

function typeOf(
  schema: Schema,
  { wire, structs }: { wire: string; structs: Asked['structs'] },
): Type {
  const variants =
    schema.anyOf ??
    [schema].flatMap(({ type, ...rest }) =>
      [type ?? []].flat().map((each) => ({ ...rest, type: each })),
    )
  const isNullable = variants.some(({ type }) => type === 'null')
  const [variant = {}] = variants.filter(({ type }) => type !== 'null')
  const { type, items } = variant
  if (type === 'array' && items) {
    return {
      kind: 'list',
      of: typeOf(items, { wire: wire.replace(/s$/, ''), structs }),
      isNullable,
    }
  }
  if (type === 'object') {
    const name = wire.charAt(0).toUpperCase() + wire.slice(1)
    declare(name, variant, structs)
    return { kind: 'object', name, isNullable }
  }
  if (type === 'string' || type === 'boolean' || type === 'integer') {
    return { kind: type, isNullable }
  }
  throw new Error(`${wire} is of no type that the snippets know`)
}
