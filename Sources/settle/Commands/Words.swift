import ArgumentParser
import SettleModel
import SettlePipeline

// The contract's words, as arguments.

extension StageName: ExpressibleByArgument {}

extension BreakReason: ExpressibleByArgument {}

extension MessageType: ExpressibleByArgument {}

extension Timestamp: ExpressibleByArgument {
  package init?(argument: String) { self.init(rfc3339: argument) }
}

extension BusinessDate: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
