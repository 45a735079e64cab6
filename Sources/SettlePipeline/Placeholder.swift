import Mustache

package enum SettlePipelinePlaceholder {}
