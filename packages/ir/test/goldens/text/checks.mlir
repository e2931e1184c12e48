// command: check
func.func @main() {
  %0 = stablehlo.constant dense<[1.0, -0.0, 2.0]> : tensor<3xf32>
  %1 = stablehlo.constant dense<[1.0, 0.0, 2.0]> : tensor<3xf32>
  %n = stablehlo.constant dense<[0x7FC00000, 0xFFC00001, 0x7F800000]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_eq(%0, %1) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  check.expect_eq_const %0, dense<[1.0, 0.0, 2.0]> : tensor<3xf32>
  check.expect_eq %n, %n : tensor<3xf32>, tensor<3xf32>
  check.expect_close %n, %n, max_ulp_difference = 3 : tensor<3xf32>, tensor<3xf32>
  check.expect_almost_eq_const %n, dense<[0x7FC00000, 0x7FC00000, 0x7F800000]> : tensor<3xf32>
  check.expect_almost_eq_const %0, dense<[1.00009, 0.0, 2.0]> : tensor<3xf32>
  check.expect_almost_eq_const %0, dense<[1.0002, 0.0, 2.0]> : tensor<3xf32>
  check.expect_almost_eq_const %0, dense<[1.09, 0.0, 2.0]>, tolerance = 0.1 : tensor<3xf32>
  %a = stablehlo.constant dense<[1.0009, 0.0, 2.0011]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_almost_eq(%a, %1) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  return
}
// expected:
check.expect_eq: at (0,) got NaN, expected NaN
check.expect_almost_eq: at (0,) got 1, expected 1.0002000331878662
check.expect_almost_eq: at (2,) got 2.0011000633239746, expected 2
6 passed, 3 failed
// -----
// command: check
// Units in the last place are those of the tensor's own dtype.
func.func @f16() {
  %0 = stablehlo.constant dense<[1.0, -2.0, 0.0]> : tensor<3xf16>
  %1 = stablehlo.constant dense<[0x3C03, 0xBFFD, 0x8003]> : tensor<3xf16>
  %2 = stablehlo.constant dense<[0x3C04, 0xC000, 0x0000]> : tensor<3xf16>
  stablehlo.custom_call @check.expect_close(%0, %1) {has_side_effect = true} : (tensor<3xf16>, tensor<3xf16>) -> ()
  stablehlo.custom_call @check.expect_close(%0, %2) {has_side_effect = true} : (tensor<3xf16>, tensor<3xf16>) -> ()
  check.expect_close %0, %2, max_ulp_difference = 4, min_ulp_difference = 1 : tensor<3xf16>, tensor<3xf16>
  return
}
func.func @f32() {
  %0 = stablehlo.constant dense<[0x3F800000, 0x7F7FFFFF]> : tensor<2xf32>
  %1 = stablehlo.constant dense<[0x3F800003, 0x7F800000]> : tensor<2xf32>
  stablehlo.custom_call @check.expect_close(%0, %1) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
  return
}
func.func @f64() {
  %0 = stablehlo.constant dense<[(0x3FF0000000000000, 1.0), (2.0, 3.0)]> : tensor<2xcomplex<f64>>
  %1 = stablehlo.constant dense<[(0x3FF0000000000003, 1.0), (2.0, 3.0)]> : tensor<2xcomplex<f64>>
  %2 = stablehlo.constant dense<[(0x3FF0000000000000, 1.0), (2.0, 3.00001)]> : tensor<2xcomplex<f64>>
  stablehlo.custom_call @check.expect_close(%0, %1) {has_side_effect = true} : (tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>) -> ()
  stablehlo.custom_call @check.expect_close(%0, %2) {has_side_effect = true} : (tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>) -> ()
  return
}
func.func @integers() {
  %0 = stablehlo.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xui64>
  %1 = stablehlo.constant dense<[[1, 2], [5, 4]]> : tensor<2x2xui64>
  stablehlo.custom_call @check.expect_close(%0, %1) {has_side_effect = true} : (tensor<2x2xui64>, tensor<2x2xui64>) -> () loc("prog.mlir":9:7)
  stablehlo.custom_call @check.expect_eq(%0, %0) {has_side_effect = true} : (tensor<2x2xui64>, tensor<2x2xui64>) -> ()
  return
}
// expected:
check.expect_close: at (0,) got 1, expected 1.00390625
check.expect_close: at (1,) got 3.4028234663852886e+38, expected Infinity
check.expect_close: at (1,) got 3, expected 3.00001
prog.mlir:9:7: check.expect_close: at (1, 0) got 3, expected 5
4 passed, 4 failed
// -----
// command: print
func.func @main() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  check.expect_eq_const %0, dense<[1.0, 2.0]> : tensor<2xf32>
  check.expect_almost_eq_const %0, dense<[1.0, 2.0]> : tensor<2xf32>
  check.expect_close %0, %0, max_ulp_difference = 5 : tensor<2xf32>, tensor<2xf32>
  return
}
// expected:
module {
  func.func public @main() {
    %cst = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %cst_0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
    stablehlo.custom_call @check.expect_eq(%cst, %cst_0) {has_side_effect = true} : (tensor<2xf32>, tensor<2xf32>) -> ()
    %cst_1 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
    stablehlo.custom_call @check.expect_almost_eq(%cst, %cst_1) {has_side_effect = true, tolerance = 0.0001} : (tensor<2xf32>, tensor<2xf32>) -> ()
    stablehlo.custom_call @check.expect_close(%cst, %cst) {has_side_effect = true, max_ulp_difference = 5} : (tensor<2xf32>, tensor<2xf32>) -> ()
    return
  }
}
// -----
// command: error
func.func @main() {
  %0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  check.expect_same %0, %0 : tensor<2xf32>, tensor<2xf32>
  return
}
// expected:
input.mlir:3:3: 'check.expect_same' is not a check that Fluxion knows
    check.expect_same %0, %0 : tensor<2xf32>, tensor<2xf32>
    ^
