import SettleFiles
import SettlePipeline
import SettleStore

extension Settings {
  /// The pipeline that a look at the store goes by: that of the flag or the environment, else the one that the last run
  /// used, else the one in the binary.
  ///
  /// Nil where the last run's file is not there any more or cannot be read now, with a line on standard error: what the
  /// store itself tells is told all the same.
  ///
  /// - Parameter untold: what cannot be told then.
  func pipeline(
    flag: String?, asOf last: RunSummary?, untold: String = "what is awaited on which day"
  ) throws -> PipelineDefinition? {
    do {
      return try pipeline(flag: flag, ofRun: last)
    } catch let error as UnreadPipeline {
      Console.say(
        "settle: \(untold) cannot be told, since the last run's pipeline cannot be read (\(error.why));"
          + " name it with --pipeline")
      return nil
    }
  }

  /// The same, for what cannot be done without it: decisions are judged by the limits of the runs that carry them out.
  ///
  /// Throws ``Failure`` where the last run's file cannot be read.
  func pipeline(flag: String?, judgingFor last: RunSummary?) throws -> PipelineDefinition {
    do {
      return try pipeline(flag: flag, ofRun: last)
    } catch let error as UnreadPipeline {
      throw Failure(
        status: .configuration,
        message: "decisions are judged by the last run's pipeline, and that cannot be read (\(error.why)): name the"
          + " pipeline of the runs with --pipeline")
    }
  }

  private func pipeline(flag: String?, ofRun last: RunSummary?) throws -> PipelineDefinition {
    guard pipelineFile(flag: flag) == nil, let last else { return try pipeline(flag: flag) }
    do {
      return try pipeline(flag: Retry.options(of: last).pipeline)
    } catch let error where error is PipelineFileError || error is ConfigurationError || error is Failure {
      throw UnreadPipeline(why: "\(error)")
    }
  }
}

/// The last run's pipeline file is not there any more, or cannot be read now.
private struct UnreadPipeline: Error {
  var why: String
}
