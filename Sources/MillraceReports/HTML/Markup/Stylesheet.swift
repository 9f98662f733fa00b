extension Markup {
  /// The look of every page: light or dark like the reader's system, one column on a telephone, plain on paper.
  ///
  /// The colours of the lines are also distinct for readers with protanopia, deuteranopia and tritanopia (simulated
  /// after Machado, Oliveira and Fernandes, 2009), and have a contrast of at least 3 with the page; from the fourth
  /// on, lines are also dashed in different ways.
  static let reportStylesheet = Markup.stylesheet(
    """

    :root {
      color-scheme: light dark;
      --page: #ffffff; --card: #f6f7f9; --ink: #1c2126; --faint: #5c6670; --rule: #d6dbe1; --grid: #e4e8ec;
      --good: #0b62a8; --bad: #b3402a; --on-strong: #ffffff; --shadow: rgb(0 0 0 / 22%);
      --line-1: #0b62a8; --line-2: #bb821f; --line-3: #3e240f; --line-4: #664a4d;
      --line-5: #9a5901; --line-6: #1a9499; --line-7: #9e00fe; --line-8: #130531;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --page: #14181c; --card: #1d2328; --ink: #e6e9ec; --faint: #a3adb6; --rule: #3a434b; --grid: #2c343b;
        --good: #6cb6f5; --bad: #f0886c; --on-strong: #10151a; --shadow: rgb(255 255 255 / 26%);
        --line-1: #6cb6f5; --line-2: #e76e19; --line-3: #ccffce; --line-4: #96567c;
        --line-5: #ded653; --line-6: #69e6ff; --line-7: #6e75f8; --line-8: #a7ad9f;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--page); color: var(--ink);
      font: 15px/1.45 system-ui, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
      font-variant-numeric: tabular-nums;
    }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.25rem 0; overflow-wrap: anywhere; }
    h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--rule); }
    h3 { font-size: 1rem; margin: 1.4rem 0 0.5rem; }
    p { margin: 0.4rem 0; max-width: 46rem; }
    a { color: var(--good); }
    nav { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin-top: 0.6rem; font-size: 0.93rem; }
    .note, figcaption small { color: var(--faint); font-size: 0.87rem; }
    .name { unicode-bidi: isolate; overflow-wrap: anywhere; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 0.6rem; margin: 1rem 0; }
    .tile { background: var(--card); border-radius: 6px; padding: 0.55rem 0.75rem; }
    .tile b { display: block; font-size: 1.15rem; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; }
    .tile span { color: var(--faint); font-size: 0.83rem; }
    .tile.main { min-width: 0; }
    .tile.main b { font-size: 1.7rem; }
    .tile.main small { display: block; color: var(--faint); }
    .facts { display: flex; flex-wrap: wrap; gap: 0.2rem 1.6rem; margin: 0.6rem 0; font-size: 0.93rem; }
    .facts div { display: flex; gap: 0.45rem; }
    .facts dt { color: var(--faint); } .facts dd { margin: 0; overflow-wrap: anywhere; }
    .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
    figure { margin: 0; min-width: 0; }
    .plot { display: flex; flex-direction: column; }
    .plot > svg { margin-top: auto; }
    figcaption { font-weight: 600; margin-bottom: 0.15rem; overflow-wrap: anywhere; }
    figcaption small { font-weight: 400; display: block; }
    .legend { display: flex; flex-wrap: wrap; gap: 0 0.9rem; font-size: 0.83rem; color: var(--faint); }
    .legend span { display: inline-flex; align-items: center; gap: 0.35rem; min-width: 0; overflow-wrap: anywhere; }
    .legend svg { flex: none; width: 22px; height: 8px; }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    svg text { font-size: 11px; fill: var(--faint); }
    .grid { stroke: var(--grid); stroke-width: 1; }
    .axis { stroke: var(--rule); stroke-width: 1; }
    .mark { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 3; }
    .mark.second { stroke-dasharray: 7 3; } .mark.third { stroke-dasharray: 12 3 2 3; }
    .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
    .dashed { stroke-dasharray: 5 4; }
    .dot { stroke: none; }
    .hit { fill: transparent; stroke: none; }
    .bar { stroke: none; fill-opacity: 0.75; }
    .before { fill: none; stroke: var(--faint); stroke-width: 1; }
    .c1 { stroke: var(--line-1); } .f1 { fill: var(--line-1); }
    .c2 { stroke: var(--line-2); } .f2 { fill: var(--line-2); }
    .c3 { stroke: var(--line-3); } .f3 { fill: var(--line-3); }
    .c4 { stroke: var(--line-4); } .f4 { fill: var(--line-4); }
    .c5 { stroke: var(--line-5); } .f5 { fill: var(--line-5); }
    .c6 { stroke: var(--line-6); } .f6 { fill: var(--line-6); }
    .c7 { stroke: var(--line-7); } .f7 { fill: var(--line-7); }
    .c8 { stroke: var(--line-8); } .f8 { fill: var(--line-8); }
    .line.c4 { stroke-dasharray: 9 3; } .line.c5 { stroke-dasharray: 2 2.5; } .line.c6 { stroke-dasharray: 12 3 2 3; }
    .line.c7 { stroke-dasharray: 6 2; } .line.c8 { stroke-dasharray: 4 3 1 3; }
    .scroll {
      overflow-x: auto; max-width: 100%;
      /* A shadow at the edge says that there is more: it is covered where the content ends. It begins a pixel inwards, so
         that it does not show beside its cover where pixels are enlarged. */
      background:
        linear-gradient(to right, var(--page) 30%, transparent) left / 2.4rem 100% local,
        linear-gradient(to left, var(--page) 30%, transparent) right / 2.4rem 100% local,
        linear-gradient(to right, var(--shadow), transparent) 1px 0 / 0.9rem 100% scroll,
        linear-gradient(to left, var(--shadow), transparent) right 1px top 0 / 0.9rem 100% scroll;
      background-repeat: no-repeat;
    }
    .scroll.long {
      max-height: 34rem; overflow-y: auto;
      background:
        linear-gradient(var(--page) 30%, transparent) top / 100% 2.4rem local,
        linear-gradient(to top, var(--page) 30%, transparent) bottom / 100% 2.4rem local,
        linear-gradient(to right, var(--page) 30%, transparent) left / 2.4rem 100% local,
        linear-gradient(to left, var(--page) 30%, transparent) right / 2.4rem 100% local,
        linear-gradient(var(--shadow), transparent) 0 1px / 100% 0.9rem scroll,
        linear-gradient(to top, var(--shadow), transparent) left 0 bottom 1px / 100% 0.9rem scroll,
        linear-gradient(to right, var(--shadow), transparent) 1px 0 / 0.9rem 100% scroll,
        linear-gradient(to left, var(--shadow), transparent) right 1px top 0 / 0.9rem 100% scroll;
      background-repeat: no-repeat;
    }
    .scroll:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
    .note + .plots { margin-top: 0.9rem; }
    .plots + .note { margin-top: 0.6rem; }
    table { border-collapse: collapse; font-size: 0.9rem; }
    th, td { padding: 0.22rem 0.6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); vertical-align: top; }
    th { font-weight: 600; }
    thead th { border-bottom-color: var(--rule); vertical-align: bottom; white-space: normal; }
    th:first-child, td:first-child, .text { text-align: left; }
    td.name, th.name { max-width: 22rem; min-width: 7rem; white-space: normal; }
    .best, .best th, .best td, .given dd { font-weight: 600; }
    caption { text-align: left; color: var(--faint); font-size: 0.93rem; padding: 0.3rem 0; }
    caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2rem); overflow-wrap: anywhere; }
    section > .scroll + .scroll { margin-top: 1rem; }
    th:first-child { position: sticky; left: 0; background: var(--page); z-index: 1; }
    th.name.short { white-space: nowrap; min-width: 0; }
    .runs th:first-child { max-width: 11rem; }
    .runs thead th + th { min-width: 4rem; }
    .best small { font-weight: 400; color: var(--faint); }
    .long thead th { position: sticky; top: 0; background: var(--page); }
    .long thead th:first-child { z-index: 2; }
    .runs .setting { white-space: normal; overflow-wrap: anywhere; min-width: 5.5rem; max-width: 15rem; text-align: left; }
    .runs .setting.long-text { min-width: 12rem; }
    .key { list-style: none; margin: 0.5rem 0 1rem; padding: 0; font-size: 0.87rem; display: flex; flex-wrap: wrap; gap: 0.15rem 1.6rem; }
    .key li { display: flex; align-items: baseline; gap: 0.45rem; min-width: 0; }
    .key span { min-width: 0; overflow-wrap: anywhere; }
    .key svg { flex: none; width: 22px; height: 8px; }
    .meter { display: inline-block; width: 4.5rem; height: 0.65rem; background: var(--grid); vertical-align: baseline; margin-right: 0.5rem; }
    .meter i { display: block; height: 100%; background: var(--line-1); }
    .verdict { font-size: 1.05rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
    code { background: var(--card); border-radius: 3px; padding: 0.1rem 0.3rem; overflow-wrap: anywhere; font: 0.87rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
    .settings { columns: 20rem; column-gap: 2rem; margin: 0.6rem 0; font-size: 0.9rem; }
    .settings div { display: flex; gap: 1rem; padding: 0.2rem 0; border-bottom: 1px solid var(--grid); break-inside: avoid; }
    .settings dt { flex: none; color: var(--faint); }
    .settings dd { margin: 0 0 0 auto; text-align: right; min-width: 0; overflow-wrap: anywhere; }
    .settings small { display: block; color: var(--faint); }
    .beside { display: flex; flex-wrap: wrap; gap: 0.5rem 3rem; align-items: flex-start; }
    .beside > div { min-width: 0; max-width: 100%; }
    .heat { flex: 1 1 22rem; max-width: 36rem; }
    .heat text { font-size: 20px; }
    .reliability { flex: 1 1 18rem; max-width: 26rem; }
    .confusion td {
      min-width: 2.3rem; text-align: center; border: 1px solid var(--grid); padding: 0.25rem 0.35rem;
      background: color-mix(in srgb, var(--bad) var(--share), transparent);
    }
    .confusion td.right { background: color-mix(in srgb, var(--good) var(--share), transparent); }
    .confusion td.strong { color: var(--on-strong); }
    .confusion td.none { color: var(--faint); }
    .confusion th { border: 0; }
    .confusion thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: 0.4rem 0.1rem; white-space: nowrap; }
    .confusion thead .name { display: block; max-height: 8rem; overflow: hidden; text-overflow: ellipsis; }
    .confusion thead th:first-child { writing-mode: horizontal-tb; transform: none; vertical-align: bottom; color: var(--faint); font-weight: 400; white-space: normal; }
    .right { fill: var(--good); } .wrong { fill: var(--bad); }
    .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.6rem, 1fr)); gap: 0.7rem; }
    .pictures figure { font-size: 0.8rem; line-height: 1.3; }
    .pictures img { width: 100%; height: auto; display: block; image-rendering: pixelated; border-radius: 3px; background: var(--card); }
    .pictures figcaption { font-weight: 400; margin-top: 0.2rem; }
    .pictures.mistakes { grid-template-columns: repeat(auto-fill, minmax(6.9rem, 1fr)); }
    .pictures.previews { grid-template-columns: repeat(auto-fill, minmax(6.9rem, 1fr)); }
    .pictures.explanations { grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
    .previews small, .explanations small { display: block; color: var(--faint); }
    .pictures.units { grid-template-columns: repeat(auto-fill, minmax(3.6rem, 1fr)); gap: 0.35rem; }
    .bad { color: var(--bad); } .good { color: var(--good); }
    pre {
      background: var(--card); border-radius: 6px; padding: 0.6rem 0.8rem; margin: 0.5rem 0; white-space: pre-wrap;
      overflow-wrap: anywhere; font: 0.87rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
    }
    footer { margin-top: 2.5rem; }
    @media (max-width: 40rem) {
      table { font-size: 0.85rem; }
      th, td { padding: 0.22rem 0.35rem; }
      td.name, th.name { min-width: 5rem; }
      .meter { width: 1.8rem; margin-right: 0.25rem; }
      .confusion td { min-width: 1.9rem; padding: 0.25rem 0.2rem; }
      .confusion th.name { min-width: 4.2rem; }
      .confusion th.name.short { white-space: normal; overflow-wrap: anywhere; }
    }
    @media print {
      :root { color-scheme: light; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav { display: none; }
      h2, h3 { break-after: avoid; }
      p, figure, tr, .tile, .scroll { break-inside: avoid; }
      caption, section > p:has(+ div) { break-after: avoid; }
      .plots { grid-template-columns: repeat(2, 1fr); }
      .scroll, .scroll.long { overflow: visible; max-height: none; background: none; }
      .runs th, .runs td, .estimates th, .estimates td { padding: 0.15rem 0.25rem; font-size: 7.5pt; }
      .runs thead th + th, .runs .setting, .runs .setting.long-text { min-width: 0; }
      th:first-child, .long thead th { position: static; }
      .runs td.wraps { white-space: normal; }
      .tile, .confusion td, pre, img, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """)
}
