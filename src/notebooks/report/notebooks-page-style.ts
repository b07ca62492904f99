/** Style of the report's page, for light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1d2430; --faint: #667085; --line: #d9dee6;
  --good: #1a7f37; --bad: #b42318; --unsure: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --back: #12161c; --card: #1b212a; --text: #e6e9ee; --faint: #98a2b3; --line: #333c49;
  --good: #56d364; --bad: #ff7b72; --unsure: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 1400px; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
article { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 6px; padding: .8rem 1.2rem; margin: 1rem 0; }
article.failed, article.changed { border-left-color: var(--bad); } article.unchecked, article.interrupted { border-left-color: var(--unsure); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; overflow-wrap: anywhere; } h4 { margin: .4rem 0; color: var(--faint); font-weight: 600; }
details { border-top: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; } small, .made { color: var(--faint); }
.mark { display: inline-block; min-width: 4.8rem; font-weight: 600; color: var(--faint); } .mark.passed { color: var(--good); } .mark.changed, .mark.failed { color: var(--bad); }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; } .beside section { min-width: 0; }
pre { background: var(--back); padding: .5rem .7rem; border-radius: 4px; overflow: auto; max-height: 24rem; font-size: 13px; margin: .4rem 0; }
pre.stderr { border-left: 3px solid var(--bad); } .problem b { color: var(--bad); }
table { border-collapse: collapse; font-size: 14px; width: 100%; } td, th { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; overflow-wrap: anywhere; }
img, iframe { max-width: 100%; } iframe { width: 100%; height: 260px; border: 1px solid var(--line); border-radius: 4px; background: #fff; color-scheme: light; } .figure { background: #fff; border-radius: 4px; }
`;
