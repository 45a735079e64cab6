#if FAULTS
  import Glibc

  /// By how much the harness has moved the run's clock.
  package enum FaultClock {
    /// Whole seconds, from the file that SETTLE_FAULT_CLOCK names, read anew each time so that it can move under a
    /// living run; 0 without one.
    package static var seconds: Int64 {
      guard let path else { return 0 }
      let file = open(path, O_RDONLY)
      guard file >= 0 else { return 0 }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 32)
      let count = read(file, &bytes, bytes.count)
      let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      return Int64(text.prefix { $0.isNumber || $0 == "-" }) ?? 0
    }

    private static let path = FaultEnvironment[FaultEnvironment.clock]
  }
#else
  package enum FaultClock {
    package static var seconds: Int64 { 0 }
  }
#endif
