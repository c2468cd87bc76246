// The style of the HTML form. It stands in the page word for word, because the content policy names its hash. Constant.
#pragma once

#include <string_view>

namespace rollcall::report {

inline constexpr std::string_view html_style = R"(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--box:#f6f8fa;--link:#0a58ca;
--add:#116329;--edit:#7a4b00;--cut:#a40e26;--warn-bg:#fff5d6;--warn-line:#b08400;--bad-bg:#ffebe9;--bad-line:#a40e26}
@media (prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#e6e9ed;--soft:#a2abb6;--line:#3a424c;--box:#1d232a;--link:#7ab7ff;
--add:#5fd07c;--edit:#e8b04a;--cut:#ff8a80;--warn-bg:#33290d;--warn-line:#e8b04a;--bad-bg:#3b1719;--bad-line:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1rem 1.25rem 3rem;background:var(--bg);color:var(--fg);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.3rem;margin:2.2rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}
h3{font-size:1.08rem;margin:1.6rem 0 .5rem}
p,ul,dl{margin:.5rem 0}
a{color:var(--link)}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--box);padding:.1em .3em;border-radius:.25em}
.skip{position:absolute;left:-100vw}
.skip:focus{position:static}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}
dt{color:var(--soft)}
dd{margin:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.4rem 0 .8rem;font-variant-numeric:tabular-nums}
caption{text-align:start;color:var(--soft);padding:.2rem 0}
th,td{text-align:start;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
thead th{background:var(--box);font-weight:600;white-space:nowrap}
th{overflow-wrap:break-word}
td{min-width:5rem}
.hush caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.hush thead th:nth-child(-n+2){width:30%}
tbody th{font-weight:500}
td.n,th.n{text-align:end}
details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;background:var(--bg)}
summary{padding:.5rem .75rem;cursor:pointer;background:var(--box);border-radius:.4rem}
details[open]>summary{border-radius:.4rem .4rem 0 0;border-bottom:1px solid var(--line)}
.who{font-weight:600}
.key,.none,.why{color:var(--soft)}
.body{padding:.25rem .75rem .5rem}
.body h4{font-size:1rem;margin:.7rem 0 .1rem}
.body p{margin:.1rem 0}
.add{color:var(--add)}
.edit{color:var(--edit)}
.cut{color:var(--cut)}
.tag{display:inline-block;margin-inline-start:.6rem;white-space:nowrap}
.note,.alarm{border-inline-start:.3rem solid var(--warn-line);background:var(--warn-bg);padding:.4rem .8rem;margin:.6rem 0;border-radius:.2rem}
.alarm{border-color:var(--bad-line);background:var(--bad-bg)}
.note code,.alarm code{background:var(--bg)}
footer{margin-top:3rem;color:var(--soft);border-top:1px solid var(--line);padding-top:.6rem}
@media (max-width:36rem){.broad table{min-width:36rem}body{padding:.75rem .75rem 2rem}th,td{padding:.3rem .35rem}dl{display:block}dd{margin-bottom:.4rem}}
@media print{:root{--bg:#fff;--fg:#000;--soft:#333;--line:#999;--box:#fff;--link:#000;--add:#000;--edit:#000;--cut:#000;
--warn-bg:#fff;--bad-bg:#fff}nav,.skip{display:none}body{max-width:none;padding:0;font-size:10pt}
details::details-content{content-visibility:visible;block-size:auto}tr,summary,.note,.alarm{break-inside:avoid}
h2,h3,h4{break-after:avoid}.scroll{overflow:visible}}
)";

}  // namespace rollcall::report
