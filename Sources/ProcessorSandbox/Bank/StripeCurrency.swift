/// A currency as Stripe counts it: code in lower case, amounts in its own minor units.
///
/// Source: Stripe's "Supported currencies", zero-decimal, three-decimal and special cases.
struct StripeCurrency: Sendable, Equatable {
  let code: String
  /// How many decimals Stripe's integer amounts imply.
  let decimals: Int
  /// Amounts must be multiples of this: three-decimal ones end in 0, and ISK and UGX are sent a hundredfold.
  let step: Int64

  /// Nil for a code that Stripe does not take; any letter case is accepted, as Stripe does.
  init?(_ code: String) {
    let code = code.lowercased()
    guard Self.known.contains(code) else { return nil }
    self.code = code
    switch code {
    case "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf":
      (decimals, step) = (0, 1)
    case "bhd", "jod", "kwd", "omr", "tnd": (decimals, step) = (3, 10)
    case "isk", "ugx": (decimals, step) = (2, 100)
    default: (decimals, step) = (2, 1)
    }
  }

  /// The largest amount that one PaymentIntent may ask: eight digits, and twelve for the rupiah.
  var largestAmount: Int64 { code == "idr" ? 999_999_999_999 : 99_999_999 }

  /// Decimal major units with the currency's own digits, as reports print them: `12.50`, `-300`, `1.250`.
  func decimal(_ amount: Int64) -> String {
    // ISK and UGX have no decimals of their own; amounts and fees are kept in hundreds, so nothing is cut off.
    let digits = step == 100 ? 0 : decimals
    let magnitude = step == 100 ? amount.magnitude / 100 : amount.magnitude
    var text = String(magnitude)
    if digits > 0 {
      text = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
    }
    return amount < 0 ? "-" + text : text
  }

  /// Stripe's price for a card payment, 2.9% + 30 minor units, rounded half up to what can be printed.
  func fee(on amount: Int64) -> Int64 {
    let unit: Int64 = step == 100 ? 100 : 1
    let thousandths = amount * 29 + 30 * 1000
    return (thousandths + 500 * unit) / (1000 * unit) * unit
  }

  private static let known = Set(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf \
    clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils \
    inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk \
    mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp \
    sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
    """.split(separator: " ").map(String.init))
}
