// What the generators of the frameworks write, as far as it matters here: create-hono 0.19, fastify-cli 8,
// create-next-app 16, and what one types for Express. Versions are those of this repository, and the
// port is one that a test can choose.

type Project = Readonly<Record<string, string>>

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`

const hono: Project = {
  'package.json': json({
    type: 'module',
    scripts: { dev: 'tsx watch src/index.ts', build: 'tsc', start: 'node dist/index.js' },
    dependencies: { '@hono/node-server': '^2.1.1', hono: '^4.13.3' },
    devDependencies: { '@types/node': '^24.0.0', typescript: '^7.0.2' },
  }),
  'tsconfig.json': `{
  "compilerOptions": {
    "target": "ESNext",
    "module": "NodeNext",
    "strict": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true,
    "types": [
      "node"
    ],
    "jsx": "react-jsx",
    "jsxImportSource": "hono/jsx",
    "rootDir": "./src",
    "outDir": "./dist"
  },
  "exclude": ["node_modules"]
}
`,
  'src/index.ts': `import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()

app.get('/', (c) => {
  return c.text('Hello Hono!')
})

app.get('/closed', (c) => c.text('Come in'))

serve({
  fetch: app.fetch,
  port: Number(process.env.PORT)
}, (info) => {
  console.log(\`Server is running on http://localhost:\${info.port}\`)
})
`,
  '.gitignore': '# deps\nnode_modules/\n\n# env\n.env\n.env.production\n',
}

const express: Project = {
  'package.json': json({
    name: 'shop',
    version: '0.0.0',
    private: true,
    scripts: { start: 'node ./bin/www' },
    dependencies: { express: '^5.3.0' },
  }),
  'app.js': `var express = require('express');
var path = require('path');

var app = express();

app.use(express.json());
app.use(express.urlencoded({ extended: false }));
app.use(express.static(path.join(__dirname, 'public')));

app.get('/', function(req, res) {
  res.send('Hello Express!');
});
app.get('/closed', function(req, res) {
  res.send('Come in');
});

module.exports = app;
`,
  'bin/www': `#!/usr/bin/env node
var app = require('../app');
var http = require('http');

http.createServer(app).listen(process.env.PORT, function() {
  console.log('Server is running');
});
`,
  'public/style.css': 'body { color: #00B7FF; }\n',
}

const fastify: Project = {
  'package.json': json({
    name: 'shop',
    type: 'module',
    main: 'server.js',
    scripts: { test: 'echo "Error: no test specified" && exit 1', start: 'node server.js' },
    dependencies: { fastify: '^5.12.8' },
  }),
  'server.js': `import Fastify from 'fastify'

const fastify = Fastify({
  logger: true
})

fastify.get('/', async () => 'Hello Fastify!')
fastify.get('/closed', async () => 'Come in')

await fastify.listen({ port: process.env.PORT })
console.log('Server is running')
`,
}

const next: Project = {
  'package.json': json({
    name: 'shop',
    version: '0.1.0',
    private: true,
    scripts: { dev: 'next dev', build: 'next build', start: 'next start', lint: 'eslint' },
    dependencies: { next: '16.4.3', react: '19.3.0', 'react-dom': '19.3.0' },
    devDependencies: { '@types/node': '^20', '@types/react': '^19', typescript: '^5' },
  }),
  'next.config.ts': `import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  /* config options here */
};

export default nextConfig;
`,
  'tsconfig.json': `{
  "compilerOptions": {
    "target": "ES2017",
    "lib": ["dom", "dom.iterable", "esnext"],
    "allowJs": true,
    "skipLibCheck": true,
    "strict": true,
    "noEmit": true,
    "esModuleInterop": true,
    "module": "esnext",
    "moduleResolution": "bundler",
    "resolveJsonModule": true,
    "isolatedModules": true,
    "jsx": "react-jsx",
    "paths": {
      "@/*": ["./*"]
    }
  },
  "include": ["**/*.ts"],
  "exclude": ["node_modules"]
}
`,
  'app/page.tsx': 'export default function Home() {\n  return null;\n}\n',
}

const fastifyCli: Project = {
  'package.json': JSON.stringify(
    {
      name: 'shop',
      main: 'app.ts',
      scripts: {
        test: 'npm run build:ts && c8 node --test -r ts-node/register "test/**/*.ts"',
        'build:ts': 'npm run clean && tsc',
        dev: 'npm run build:ts && concurrently -k "npm:watch:ts" "npm:dev:start"',
        'dev:start': 'fastify start --ignore-watch=.ts$ -w -l info -P dist/app.js',
      },
      dependencies: {
        fastify: '^5.0.0',
        'fastify-plugin': '^6.0.0',
        '@fastify/autoload': '^6.0.0',
      },
      devDependencies: { '@types/node': '^26.0.0', typescript: '~6.0.2' },
    },
    null,
    2,
  ),
  'tsconfig.json': `{
  "extends": "fastify-tsconfig",
  "compilerOptions": {
    "outDir": "dist",
    "sourceMap": true
  },
  "include": ["src/**/*.ts"]
}
`,
  'test/tsconfig.json': `{
  "extends": "../tsconfig.json",
  "compilerOptions": {
    "baseUrl": ".",
    "noEmit": true
  },
  "include": ["../src/**/*.ts", "**/*.ts"]
}
`,
  'src/app.ts': "import AutoLoad, { AutoloadPluginOptions } from '@fastify/autoload'\n",
  'src/plugins/support.ts': "import fp from 'fastify-plugin'\n",
  'src/routes/example/index.ts': 'export default async () => {}\n',
}

export const freshProjects: Readonly<Record<string, Project>> = {
  hono,
  express,
  fastify,
  next,
  'fastify-cli': fastifyCli,
}
