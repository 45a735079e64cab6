import Testing

@testable import SettlePipeline

/// One small file for each thing that is refused, with the whole message.
struct PipelineRefusalTests {
  /// The text after the two keys that every pipeline needs, which are lines 1 and 2.
  @Test(arguments: [
    ("pipline: x", "n.yaml:3: pipline: unknown key; did you mean pipeline?"),
    (
      "colour: red",
      "n.yaml:3: colour: unknown key; known here: pipeline, merchant, timezone, processor, layouts, ingest, charge, "
        + "import, reconcile, bank, refund, fail_on"
    ),
    ("charge: { rat: 25/s }", "n.yaml:3: charge.rat: unknown key; did you mean rate?"),
    ("processor: adyen", "n.yaml:2: processor: is given twice; keep one"),
    ("charge: { batch: 1, \"batch\": 2 }", "n.yaml:3: batch: is given twice; keep one"),
    ("charge:", "n.yaml:3: charge: has no value; give it one or leave the key out"),
    ("charge: 5", "n.yaml:3: charge: must be a list of `key: value`"),
    ("? [a]\n: 1", "n.yaml:1: has a key that is no plain name"),
    ("layouts: [a]", "n.yaml:3: layouts: must be one text"),
    ("merchant: \"a\\nb\"", "n.yaml:3: merchant: must be a text without line breaks and control characters"),
    ("timezone: Europe/Berln", "n.yaml:3: timezone: \"Europe/Berln\" is no time zone; did you mean Europe/Berlin?"),
    ("timezone: EST", "n.yaml:3: timezone: \"EST\" is no time zone; write UTC or a name such as Europe/Berlin"),
    ("timezone: GMT+2", "n.yaml:3: timezone: \"GMT+2\" is no time zone; write UTC or a name such as Europe/Berlin"),
    ("ingest: {}", "n.yaml:3: ingest: needs sources, such as sources: [{ path: \"outcomes/*\", layout: auto }]"),
    ("ingest: { sources: \"a/*\" }", "n.yaml:3: ingest.sources: must be a list: [ … ], or lines that begin with -"),
    (
      "ingest: { sources: [{ layout: auto }] }",
      "n.yaml:3: ingest.sources[0]: needs path, such as path: \"outcomes/*\""
    ),
    (
      "ingest: { sources: [{ path: \"a/*\", layot: auto }] }",
      "n.yaml:3: ingest.sources[0].layot: unknown key; did you mean layout?"
    ),
    (
      "ingest: { sources: [{ path: \"/etc/*\" }] }",
      "n.yaml:3: ingest.sources[0].path: \"/etc/*\" must be a path inside the inbox, such as \"outcomes/*\""
    ),
    (
      "ingest: { sources: [{ path: \"../other/*\" }] }",
      "n.yaml:3: ingest.sources[0].path: \"../other/*\" must be a path inside the inbox, such as \"outcomes/*\""
    ),
    (
      "ingest: { sources: [{ path: \"a/*\", layout: \"my layout\" }] }",
      "n.yaml:3: ingest.sources[0].layout: \"my layout\" is no name; use up to 64 letters, digits, - _ and ."
    ),
    (
      "refund: { approval_above: {} }",
      "n.yaml:3: refund.approval_above: names no currency; name one, such as { USD: \"250.00\" }, or leave the key out"
    ),
    (
      "charge: { rate: 25 }",
      "n.yaml:3: charge.rate: \"25\" is no rate; write requests a second or a minute, such as 25/s or 1500/m"
    ),
    (
      "charge: { rate: 25/h }",
      "n.yaml:3: charge.rate: \"25/h\" is no rate; write requests a second or a minute, such as 25/s or 1500/m"
    ),
    (
      "charge: { rate: 0/s }",
      "n.yaml:3: charge.rate: \"0/s\" must allow 1 to 100000 requests; leave the key out for no limit"
    ),
    ("charge: { concurrency: 257 }", "n.yaml:3: charge.concurrency: \"257\" must be a whole number from 1 to 256"),
    ("charge: { concurrency: 0 }", "n.yaml:3: charge.concurrency: \"0\" must be a whole number from 1 to 256"),
    ("charge: { batch: 10001 }", "n.yaml:3: charge.batch: \"10001\" must be a whole number from 1 to 10000"),
    ("charge: { batch: 1.5 }", "n.yaml:3: charge.batch: \"1.5\" must be a whole number from 1 to 10000"),
    (
      "charge: { key_margin: 60 }",
      "n.yaml:3: charge.key_margin: \"60\" is no duration; write seconds, minutes or hours, such as 90s, 30m or 1h"
    ),
    ("charge: { key_margin: 24h }", "n.yaml:3: charge.key_margin: \"24h\" must be less than 24h"),
    (
      "charge: { retry: { when: CARD_DECLINED } }",
      "n.yaml:3: charge.retry: must be a list: [ … ], or lines that begin with -"
    ),
    (
      "charge: { retry: [{ when: INSUFFICENT_FUNDS, attempts: 3, after_days: 3 }] }",
      "n.yaml:3: charge.retry[0].when: \"INSUFFICENT_FUNDS\" is not known here; did you mean INSUFFICIENT_FUNDS?"
    ),
    (
      "charge: { retry: [{ when: Lost Card, attempts: 3, after_days: 3 }] }",
      "n.yaml:3: charge.retry[0].when: \"Lost Card\" is not known here; write CARD_DECLINED, INSUFFICIENT_FUNDS, "
        + "PROCESSING_ERROR or a processor's own code in small letters"
    ),
    (
      "charge: { retry: [{ when: EXPIRED_CARD, attempts: 3, after_days: 3 }] }",
      "n.yaml:3: charge.retry[0].when: EXPIRED_CARD cannot be tried again: the card stays expired, and networks fine "
        + "whoever asks"
    ),
    (
      "charge: { retry: [{ when: expired_card, after_days: [3] }] }",
      "n.yaml:3: charge.retry[0].when: expired_card cannot be tried again: the card stays expired, and networks fine "
        + "whoever asks"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, attempts: 3, after_day: 3 }] }",
      "n.yaml:3: charge.retry[0].after_day: unknown key; did you mean after_days?"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, attempts: 3 }] }",
      "n.yaml:3: charge.retry[0]: needs after_days, such as after_days: 3"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, after_days: 3 }] }",
      "n.yaml:3: charge.retry[0]: needs attempts, such as attempts: 3"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, attempts: 17, after_days: 1 }] }",
      "n.yaml:3: charge.retry[0].attempts: \"17\" must be a whole number from 2 to 16"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, attempts: 1, after_days: 1 }] }",
      "n.yaml:3: charge.retry[0].attempts: \"1\" must be a whole number from 2 to 16"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, attempts: 2, after_days: 0 }] }",
      "n.yaml:3: charge.retry[0].after_days: \"0\" must be a whole number from 1 to 30"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, attempts: 2, after_days: [1, 2] }] }",
      "n.yaml:3: charge.retry[0].attempts: after_days has 2 waits, which makes 3 attempts; keep one of them"
    ),
    (
      "charge: { retry: [{ when: CARD_DECLINED, after_days: [] }] }",
      "n.yaml:3: charge.retry[0].after_days: must name 1 to 15 waits, one for each further attempt"
    ),
    (
      "charge: { retry: [{ when: do_not_honor, after_days: [1] }, { when: do_not_honor, after_days: [2] }] }",
      "n.yaml:3: charge.retry[1]: an earlier rule has do_not_honor already; keep one"
    ),
    (
      "import: { sources: [{ path: \"a/*\", expected: weekly }] }",
      "n.yaml:3: import.sources[0].expected: \"weekly\" is not known here; write daily or banking_days"
    ),
    (
      "import: { sources: [{ path: \"a/*\", expected: banking_days }] }",
      "n.yaml:3: import: expected: banking_days needs a calendar, such as reconcile: { calendar: target2 }; or write "
        + "expected: daily"
    ),
    (
      "ingest: { sources: [{ path: \"a/*\", expected: daily }] }",
      "n.yaml:3: ingest.sources[0].expected: unknown key; known here: path, layout, zone, processor"
    ),
    (
      "reconcile: { calendar: target }",
      "n.yaml:3: reconcile.calendar: \"target\" is no calendar; did you mean target2?"
    ),
    (
      "reconcile: { calendar: bavaria }",
      "n.yaml:3: reconcile.calendar: \"bavaria\" is no calendar; write none, weekends, target2, us, uk or a file such "
        + "as closed-days.yaml"
    ),
    (
      "reconcile: { calendar: nowhere.yaml }",
      "n.yaml:3: reconcile.calendar: there is no text file nowhere.yaml"
    ),
    ("reconcile: { waiting_days: 91 }", "n.yaml:3: reconcile.waiting_days: \"91\" must be a whole number from 0 to 90"),
    (
      "reconcile: { settled_by: [] }",
      "n.yaml:3: reconcile.settled_by: names no layout; name one, or leave the key out so that every file counts as "
        + "money"
    ),
    (
      "reconcile: { settled_by: stripe }",
      "n.yaml:3: reconcile.settled_by: must be a list: [ … ], or lines that begin with -"
    ),
    ("fail_on: { breaks: -1 }", "n.yaml:3: fail_on.breaks: \"-1\" must be a whole number from 0 to 2147483647"),
    (
      "refund: { approval_by: other_login }",
      "n.yaml:3: refund.approval_by: \"other_login\" is not known here; did you mean another_login?"
    ),
    (
      "refund: { per_run: { USD: 10000.00 } }",
      "n.yaml:3: refund.per_run.USD: write the amount in quotes, such as USD: \"10000.00\""
    ),
    (
      "refund: { per_run: { USD: ten } }",
      "n.yaml:3: refund.per_run.USD: write the amount in quotes, such as USD: \"500.00\""
    ),
    (
      "refund: { per_run: { USD: \"10,000.00\" } }",
      "n.yaml:3: refund.per_run.USD: \"10,000.00\" is no amount; write decimal major units without a sign, such as "
        + "\"500.00\""
    ),
    (
      "refund: { per_run: { USD: \"-1.00\" } }",
      "n.yaml:3: refund.per_run.USD: \"-1.00\" is no amount; write decimal major units without a sign, such as "
        + "\"500.00\""
    ),
    (
      "refund: { per_run: { USD: \"1.005\" } }",
      "n.yaml:3: refund.per_run.USD: \"1.005\" has more digits than USD, which has 2"
    ),
    (
      "refund: { per_run: { JPY: \"1.0\" } }",
      "n.yaml:3: refund.per_run.JPY: \"1.0\" has more digits than JPY, which has 0"
    ),
    (
      "refund: { per_run: { USD: \"100000000000000000.00\" } }",
      "n.yaml:3: refund.per_run.USD: \"100000000000000000.00\" is more than settle can count"
    ),
    (
      "refund: { per_run: { USX: \"1.00\" } }",
      "n.yaml:3: refund.per_run.USX: is no ISO 4217 currency; write a code such as USD"
    ),
    (
      "refund: { per_run: { usd: \"1.00\" } }",
      "n.yaml:3: refund.per_run.usd: is no ISO 4217 currency; did you mean USD?"
    ),
    (
      "refund: { per_run: { dollars: \"1.00\" } }",
      "n.yaml:3: refund.per_run.dollars: is no ISO 4217 currency; write a code such as USD"
    ),
    (
      "refund: { rules: [{ refund: duplicate, limit: {} }] }",
      "n.yaml:3: refund.rules[0]: needs when, such as when: duplicate_charge"
    ),
    (
      "refund: { rules: [{ when: duplicate_charge, limit: {} }] }",
      "n.yaml:3: refund.rules[0]: needs refund, such as refund: duplicate"
    ),
    (
      "refund: { rules: [{ when: duplicate_charge, refund: duplicate }] }",
      "n.yaml:3: refund.rules[0]: needs limit, such as limit: { USD: \"500.00\" }"
    ),
    (
      "refund: { rules: [{ when: duplicate_charges, refund: duplicate, limit: {} }] }",
      "n.yaml:3: refund.rules[0].when: \"duplicate_charges\" is not known here; did you mean duplicate_charge?"
    ),
    (
      "refund: { rules: [{ when: duplicate_charge, refund: all, limit: {} }] }",
      "n.yaml:3: refund.rules[0].refund: \"all\" is not known here; write duplicate or overcharge"
    ),
    (
      "refund: { rules: [{ when: amount_mismatch, refund: duplicate, limit: {} }] }",
      "n.yaml:3: refund.rules[0].refund: amount_mismatch is refunded by overcharge, not by duplicate"
    ),
    (
      "refund: { rules: [{ when: dispute, refund: duplicate, limit: {} }] }",
      "n.yaml:3: refund.rules[0].refund: no rule can refund dispute; a person decides it, with settle decide"
    ),
    (
      "refund:\n  rules:\n    - { when: amount_mismatch, refund: overcharge, limit: {} }\n    - { when: "
        + "amount_mismatch, refund: overcharge, limit: {} }",
      "n.yaml:6: refund.rules[1].when: an earlier rule has amount_mismatch already; name all its currencies in one "
        + "limit"
    ),
    ("\tx", "n.yaml:3: is no YAML: while scanning a plain scalar, found a tab character that violates indentation"),
    ("merchant: a\nlayouts: \u{1}", "n.yaml:4: is no YAML: control characters are not allowed"),
    ("charge: {", "n.yaml:4: is no YAML: while parsing a flow node, did not find expected node content"),
    ("---\nb: 1", "n.yaml:3: is no YAML: expected a single document in the stream, but found another document"),
  ])
  func refused(_ yaml: String, _ message: String) {
    let text = "pipeline: night\nprocessor: stripe\n" + yaml + "\n"
    let error = #expect(throws: PipelineFileError.self) { try PipelineDefinition(yaml: text, file: "n.yaml") }
    #expect(error?.description == message)
  }

  @Test(arguments: [
    ("", "n.yaml: is empty; write at least pipeline: and processor:"),
    ("# nothing\n", "n.yaml: is empty; write at least pipeline: and processor:"),
    ("processor: stripe", "n.yaml:1: needs pipeline, such as pipeline: nightly"),
    ("pipeline: n", "n.yaml:1: needs processor, such as processor: stripe"),
    ("[a]", "n.yaml:1: must be a list of `key: value`"),
    (
      "pipeline: a b\nprocessor: stripe",
      "n.yaml:1: pipeline: \"a b\" is no name; use up to 64 letters, digits, - _ and ."
    ),
  ])
  func refusedAsAWhole(_ yaml: String, _ message: String) {
    let error = #expect(throws: PipelineFileError.self) { try PipelineDefinition(yaml: yaml, file: "n.yaml") }
    #expect(error?.description == message)
  }
}
