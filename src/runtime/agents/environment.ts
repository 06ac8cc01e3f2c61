/** The environment of an agent: from a list of names, so that nothing of the server's own leaks into it. */

const NAMES = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TZ', 'LANG', 'LANGUAGE', 'EDITOR', 'PAGER'],
  ...[
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'ALL_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'all_proxy',
  ],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'SSH_AUTH_SOCK', 'KUBECONFIG', 'DOCKER_HOST'],
  ...['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'],
])
const PREFIXES = ['LC_', 'ANTHROPIC_', 'CLAUDE_']

/**
 * @param from the server's environment
 * @param extra names that the operator lets through as well
 */
export function agentEnvironment(from: NodeJS.ProcessEnv, extra: readonly string[]): Record<string, string> {
  const allowed = (name: string): boolean =>
    NAMES.has(name) || extra.includes(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
  const environment: Record<string, string> = { TERM: 'dumb' }
  for (const [name, value] of Object.entries(from))
    if (value !== undefined && allowed(name) && !name.startsWith('BREAKGLASS_')) environment[name] = value
  // The shim needs the standard tools, whatever the server was started with.
  environment.PATH ||= '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  return environment
}
