// Migrations on PostgreSQL: one that dies half-way, and a server that may not change tables.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPostgres, postgresMigrations } from 'latchkey/postgres'
import { createStore, migrate } from 'latchkey/server'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newUser } from '../../src/testing/store-contract/contract.ts'
import { type Command, environment, prepareCommand, run } from '../cli/command.ts'
import { until } from '../until.ts'

const own = readdirSync(postgresMigrations.directory).length

test('a process that is killed while it migrates leaves nothing, and holds up nobody', async () => {
  const command = await prepare()
  const slow = 'CREATE TABLE notes (name text); SELECT pg_sleep(60)'
  mkdirSync(join(command.folder, 'migrations/postgres'), { recursive: true })
  writeFileSync(join(command.folder, 'migrations/postgres/0001_slow.sql'), slow)
  const child = spawn(join(command.folder, 'latchkey'), ['migrate'], {
    env: environment(command),
    cwd: command.folder,
  })
  const sleeping =
    "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'"
  await until(async () => expect(await ask(command.databaseUrl, sleeping)).toHaveLength(1))
  child.kill('SIGKILL')
  await once(child, 'exit')
  rmSync(join(command.folder, 'migrations'), { recursive: true })
  const { code, stdout } = await run(command, 'latchkey migrate --json')
  expect([code, JSON.parse(stdout).applied]).toEqual([
    0,
    expect.not.arrayContaining(['app/0001_slow.sql']),
  ])
  expect(JSON.parse(stdout).applied).toHaveLength(own)
  const tables = "SELECT 1 FROM pg_tables WHERE tablename = 'notes'"
  expect(await ask(command.databaseUrl, tables)).toEqual([])
}, 40_000)

test('ten that begin in the same instant apply each migration once', async () => {
  const { databaseUrl } = await prepare()
  const databases = await Promise.all(Array.from({ length: 10 }, () => openPostgres(databaseUrl)))
  onTestFinished(() => void Promise.all(databases.map((database) => database.close())))
  // Their connections are there before the first of them begins.
  await Promise.all(databases.map((database) => database.query('SELECT 1')))
  const applied = await Promise.all(
    databases.map((database) => migrate(database, [postgresMigrations])),
  )
  expect(applied.map(({ length }) => length).sort()).toEqual([...Array(9).fill(0), own])
}, 30_000)

test('a server whose role may not change tables starts where nothing is pending, and only there', async () => {
  const { databaseUrl } = await prepare()
  const role = `serving_${randomUUID().replaceAll('-', '')}`
  const url = new URL(databaseUrl)
  url.username = role
  url.password = 'serving'
  await ask(databaseUrl, `CREATE ROLE ${role} LOGIN PASSWORD 'serving'`)
  const serving = await openPostgres(url.href)
  onTestFinished(() => serving.close())
  await expect(migrate(serving, [postgresMigrations])).rejects.toThrow('permission denied')
  const owner = await openPostgres(databaseUrl)
  onTestFinished(() => owner.close())
  await migrate(owner, [postgresMigrations])
  const rights = 'SELECT, INSERT, UPDATE, DELETE'
  await ask(databaseUrl, `GRANT ${rights} ON ALL TABLES IN SCHEMA public TO ${role}`)
  const started = await openPostgres(url.href)
  onTestFinished(() => started.close())
  expect(await migrate(started, [postgresMigrations])).toEqual([])
  const store = createStore(started)
  const user = newUser()
  expect(await store.transaction((each) => each.insertUser(user, 'hash'))).toBe(true)
  expect(await store.findCredentials(user.emailAddress)).toMatchObject({ user })
}, 30_000)

async function prepare(): Promise<Command> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await ask(inject('postgresUrl'), `CREATE DATABASE ${name}`)
  onTestFinished(() => void ask(inject('postgresUrl'), `DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(inject('postgresUrl'))
  url.pathname = name
  return { ...(await prepareCommand()), databaseUrl: url.href }
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}
