#if FAULTS
  import Glibc
#endif

/// The variables that the fault harness sets for a process under test.
package enum FaultEnvironment {
  #if FAULTS
    package static let fault = "SETTLE_FAULT"
    package static let defect = "SETTLE_DEFECT"
    /// A file with whole seconds by which the run's clock is ahead; read at each look at the clock.
    package static let clock = "SETTLE_FAULT_CLOCK"
    /// A file of eight bytes in which the process counts its calls under way, readable after its death.
    package static let flight = "SETTLE_FAULT_FLIGHT"
    package static let names = [fault, defect, clock, flight]

    static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }
  #else
    /// A released settle knows none of them, and refuses them as it does any unknown variable.
    package static let names: [String] = []
  #endif
}
