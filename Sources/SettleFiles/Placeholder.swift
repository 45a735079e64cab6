import Yams

package enum SettleFilesPlaceholder {}
