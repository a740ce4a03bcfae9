import { copyFileSync, cpSync } from 'node:fs'
import { rolldown } from 'rolldown'

/**
 * Writes what these entries of the server need into one folder, the server's two hundred files in some twenty: to
 * find a file takes Node as long as to read it.
 *
 * @param names such as `server`, for `src/server.ts`
 */
export async function joinServer(names: readonly string[], folder: string): Promise<void> {
  const input = Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]))
  const external = (name: string) => !/^([./]|src\/)/.test(name)
  const bundle = await rolldown({ input, platform: 'node', external })
  const files = { entryFileNames: '[name].js', chunkFileNames: 'part-[name].js' }
  await bundle.write({ dir: folder, ...files, sourcemap: true })
  await bundle.close()
  // What is looked for beside the code that reads it.
  cpSync('src/storage/migrations', `${folder}/migrations`, { recursive: true })
  copyFileSync('src/core/password-policy/common-passwords.bin', `${folder}/common-passwords.bin`)
}
