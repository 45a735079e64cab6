import Logging
import SettleModel
import SettleProcessors
import Testing

struct ProcessorCatalogueTests {
  private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  private func adapter(
    _ name: String = "stripe", key: String = "sk_test_1", base: String? = nil, concurrency: Int = 1
  ) async throws -> String {
    let settings = ProcessorSettings(apiKey: Secret(key), apiBase: base, concurrency: concurrency)
    let adapter = try ProcessorCatalogue.adapter(named: name, settings: settings, logger: logger)
    await adapter.close()
    return adapter.name
  }

  @Test(arguments: ProcessorCatalogue.names)
  func givesEachAdapterItsOwnName(name: String) async throws {
    #expect(try await adapter(name) == name)
  }

  @Test(arguments: ["strip", "Stripe", "", "adyen"])
  func namesThoseItKnows(unknown: String) async {
    await #expect(throws: ProcessorSettingsError.unknownProcessor(unknown, known: ["stripe"])) {
      try await adapter(unknown)
    }
  }

  @Test(arguments: [
    ("", "set STRIPE_API_KEY"), ("sk_test_1\n", "pasted whole"), ("sk test", "pasted whole"),
    ("pk_live_1", "publishable"),
  ])
  func refusesKeys(key: String, why: String) async {
    let refusal = await #expect(throws: ProcessorSettingsError.self) { try await adapter(key: key) }
    #expect(refusal?.description.contains(why) == true)
    #expect(key.isEmpty || refusal?.description.contains(key) == false)
  }

  @Test(arguments: ["sk_live_1", "rk_live_1"])
  func sendsNoLiveKeyOverPlainHTTP(key: String) async throws {
    let refusal = await #expect(throws: ProcessorSettingsError.self) {
      try await adapter(key: key, base: "http://127.0.0.1:4242")
    }
    #expect(refusal?.description.contains("live key") == true)
    #expect(try await adapter(key: key, base: "https://127.0.0.1:4242") == "stripe")
    #expect(try await adapter(key: "sk_test_1", base: "http://127.0.0.1:4242") == "stripe")
  }

  @Test(arguments: ["sk_1", "sk_org_live_1", "abc"])
  func sendsNoKeyOfUnknownModeToStripe(key: String) async throws {
    await #expect(throws: ProcessorSettingsError.self) { try await adapter(key: key) }
    #expect(try await adapter(key: key, base: "http://127.0.0.1:4242") == "stripe")
  }

  @Test func refusesPlainHTTPElsewhere() async {
    await #expect(throws: ProcessorSettingsError.self) { try await adapter(base: "http://10.0.0.1") }
  }

  @Test func refusesNoConcurrencyAtAll() async {
    await #expect(throws: ProcessorSettingsError.unusableConcurrency(0)) { try await adapter(concurrency: 0) }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func tellsAfterWhichDeclinesAnotherAttemptMayCome(name: String) throws {
    let declines = try #require(ProcessorCatalogue.declines[name])
    #expect(declines.values.contains(true))
    #expect(declines.values.contains(false))
  }

  @Test(arguments: [("insufficient_funds", true), ("issuer_not_available", true), ("lost_card", false)])
  func knowsTheCodesOfStripe(code: String, mayRetry: Bool) {
    #expect(ProcessorCatalogue.declines["stripe"]?[code] == mayRetry)
  }
}
