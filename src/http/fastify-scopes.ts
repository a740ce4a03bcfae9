import type { FastifyInstance } from 'fastify'

/**
 * The scopes below one, that were made until now. Fastify keeps them for itself, under a symbol.
 *
 * @throws Error for a Fastify that keeps them elsewhere: they would stay open
 */
export function descendantsOf(scope: FastifyInstance): FastifyInstance[] {
  const [key] = Object.getOwnPropertySymbols(scope).filter(
    ({ description }) => description === 'fastify.children',
  )
  const children: unknown = key && Reflect.get(scope, key)
  if (!Array.isArray(children)) {
    throw new Error('Latchkey cannot close the scopes of this version of Fastify: take another')
  }
  return children.filter(isScope).flatMap((child) => [child, ...descendantsOf(child)])
}

function isScope(value: unknown): value is FastifyInstance {
  return typeof Object(value).addHook === 'function'
}
