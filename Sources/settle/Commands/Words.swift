import ArgumentParser
import SettleModel
import SettlePipeline

// The contract's words, as arguments.

extension StageName: ExpressibleByArgument {}

extension BreakReason: ExpressibleByArgument {}

extension MessageType: ExpressibleByArgument {}

extension BusinessDate: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
