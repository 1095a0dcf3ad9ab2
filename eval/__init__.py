"""How good is it, and is it better than before? Measures functions from outside; nothing here is imported by
them.

What the command line calls, each a function that returns what is printed (`eval.tables`) or saved
(`as_json`):

- `eval.measure`: `measure_library` and `measure_server` (a set, in this process or on a live server),
  `measure_parts` (the ablation matrix), `measure_rivals` (peers);
- `eval.bench.bench_retrieval` with `eval.datasets.load_dataset` and `eval.systems.tiaowen_system` (data sets
  in BEIR layout);
- `eval.compare.compare` of two `load_measured` runs;
- `eval.feedback.from_feedback` (verdicts of readers become a set);
- `eval.report.write_html` (any of these in one file).
"""
