// The files for Docker, systemd and proxies, read by what reads them; docs/guides/deploy.md says what is run.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { namesOf } from '../../src/generator/names.ts'
import { readTemplate } from '../../src/generator/template.ts'
import { fillIn } from '../../src/generator/words.ts'
import { temporaryFolder } from '../harness.ts'
import { localhost } from '../mail/smtp-certificates.ts'
import { blocksOf } from './guide.ts'

const run = promisify(execFile)

test.each([
  ['sqlite', 'react', { kind: 'registry', version: '1.0.0' }],
  ['sqlite', 'none', { kind: 'file', tarball: 'x.tgz', path: 'vendor/x.tgz' }],
  ['postgres', 'react', { kind: 'file', tarball: 'x.tgz', path: 'vendor/x.tgz' }],
  ['postgres', 'none', { kind: 'registry', version: '1.0.0' }],
] as const)(
  'a linter finds nothing in the Dockerfile for %s and %s',
  (database, frontEnd, latchkey) => {
    const project = { database, frontEnd, latchkey, names: namesOf('api', { title: null }) }
    const files = readTemplate(project)
    fillIn(files, { ...project, nodePackages: {} })
    const text = files.get('deploy/Dockerfile')?.toString() ?? ''
    expect(validate(text).map(({ message }) => message)).toEqual([])
    // What it does not look for: nobody else's code at the build, and no rights at the start.
    for (const [line] of text.matchAll(/^RUN npm .*$/gm))
      expect(line).toMatch(/ci .*--ignore-scripts/)
    const last = text.slice(text.lastIndexOf('\nFROM '))
    expect(last).toMatch(/^USER node$/m)
    expect(last.slice(last.indexOf('\nUSER node'))).not.toMatch(/^(RUN|COPY|ADD|USER root)\b/m)
    expect(text).not.toMatch(/^(ADD|ARG)\b|:latest/m)
    expect(
      validate(text.replace('WORKDIR /app', 'WORKDIR app').replace('--interval', '--intrval')),
    ).toHaveLength(2)
  },
)

const folders = [...(process.env.PATH?.split(delimiter) ?? []), '/usr/sbin']
const find = (name: string) =>
  folders.map((each) => join(each, name)).find((each) => existsSync(each))
const template = (name: string) => readFileSync(`templates/deployment/${name}`, 'utf8')

// That the files are these, and that what they start works, is in deploy.test.ts and behind-a-proxy.test.ts,
// which run everywhere. On Debian, `apt install systemd nginx-light caddy haproxy apache2-bin` for these.
const systemdAnalyze = find('systemd-analyze')
if (systemdAnalyze !== undefined) {
  test('systemd takes the unit, and finds it well closed', async () => {
    const unit = join(temporaryFolder(), 'api.service')
    writeFileSync(unit, template('api.service').replace('/usr/bin/node', process.execPath))
    expect((await run(systemdAnalyze, ['verify', unit])).stderr).toBe('')
    const rated = ['security', '--offline=true', '--threshold=20', '--no-pager', unit]
    expect((await run(systemdAnalyze, rated)).stdout).toMatch(/exposure level .*: [01]\.\d OK/)
  })
}

const nginx = process.env.NGINX_BINARY ?? find('nginx')
if (nginx !== undefined) {
  test('nginx takes its file', async () => {
    const folder = temporaryFolder()
    const { stderr: version } = await run(nginx, ['-v'])
    const [, major = 0, minor = 0] = /nginx\/(\d+)\.(\d+)/.exec(version)?.map(Number) ?? []
    const isOld = major === 1 && minor < 25
    for (const [name, text] of Object.entries(localhost)) writeFileSync(join(folder, name), text)
    const site = template('nginx.conf')
      .replace(/ssl_certificate .*/, `ssl_certificate ${folder}/cert;`)
      .replace(/ssl_certificate_key .*/, `ssl_certificate_key ${folder}/key;`)
    // As its first lines have it.
    const spelled = site.replace(/ ssl;\n +http2 on;/, isOld ? ' ssl http2;' : '$&')
    writeFileSync(join(folder, 'site.conf'), spelled)
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    const all = `pid ${folder}/pid; events {} http { access_log off; ${places.join(' ')} include ${folder}/site.conf; }`
    writeFileSync(join(folder, 'nginx.conf'), all)
    const args = ['-t', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]
    expect((await run(nginx, args)).stderr).toMatch(/^(?!.*(warn|emerg)).*test is successful$/ms)
  })
}

const caddy = find('caddy')
if (caddy !== undefined) {
  test('Caddy takes its file', async () => {
    const folder = temporaryFolder()
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    const file = join(process.cwd(), 'templates/deployment/Caddyfile')
    const args = ['validate', '--adapter', 'caddyfile', '--config', file]
    const { stdout, stderr } = await run(caddy, args, { env })
    expect(stdout + stderr).toContain('Valid configuration')
  })
}

const guide = 'docs/guides/behind-a-proxy.md'
const haproxy = find('haproxy')
if (haproxy !== undefined) {
  test('HAProxy takes what the guide has for it', async () => {
    const folder = temporaryFolder()
    const both = join(folder, 'both.pem')
    writeFileSync(both, `${localhost.cert}\n${localhost.key}\n`)
    const [block = ''] = blocksOf(guide, 'txt')
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, block.replace(/ssl crt \S+/, `ssl crt ${both}`))
    expect((await run(haproxy, ['-c', '-f', file])).stdout).toContain('Configuration file is valid')
  })
}

const apache = find('apache2')
const apacheModules = '/usr/lib/apache2/modules'
if (apache !== undefined && existsSync(apacheModules)) {
  test('Apache takes what the guide has for it', async () => {
    const folder = temporaryFolder()
    for (const [name, text] of Object.entries(localhost)) writeFileSync(join(folder, name), text)
    const [block = ''] = blocksOf(guide, 'apache')
    const [, named = ''] = /a2enmod (.*?)`/.exec(block) ?? []
    // What Debian has on before.
    const modules = ['mpm_event', 'authz_core', 'socache_shmcb', ...named.split(' ')]
    const loaded = modules.map(
      (name) => `LoadModule ${name}_module ${apacheModules}/mod_${name}.so\n`,
    )
    const site = block
      .replace(/SSLCertificateFile .*/, `SSLCertificateFile ${folder}/cert`)
      .replace(/SSLCertificateKeyFile .*/, `SSLCertificateKeyFile ${folder}/key`)
    const file = join(folder, 'apache.conf')
    writeFileSync(file, `${loaded.join('')}ServerName localhost\nErrorLog ${folder}/log\n${site}`)
    const { stderr } = await run(apache, ['-t', '-d', folder, '-f', file])
    expect(stderr).toBe('Syntax OK\n')
  })
}
