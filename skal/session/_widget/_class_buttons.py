"""Buttons for classes, and the labels they stand for."""

import numpy as np

from .._labels import whole_number


class ClassButtons:
    """A button for each class, in the order in which the classes came.

    Parameters
    ----------
    box : ipywidgets.Box
        Where the buttons are shown.
    make_button : callable
        Returns a button for a label.

    Attributes
    ----------
    by_label : dict of Button
    """

    def __init__(self, box, make_button):
        self.box = box
        self.by_label = {}
        self._make_button = make_button

    def add(self, classes):
        """Add buttons for the classes that have none."""
        for label in np.asarray(classes, dtype=object).tolist():
            if label not in self.by_label:
                self.by_label[label] = self._make_button(label)
        # Buttons that are there already stay the same, and keep the focus.
        if len(self.box.children) < len(self.by_label):
            self.box.children = tuple(self.by_label.values())

    def mark(self, predicted):
        """Mark the button of the predicted label, None: no button."""
        for label, button in self.by_label.items():
            is_predicted = predicted is not None and label == predicted
            button.button_style = "info" if is_predicted else ""
            button.tooltip = "The model's prediction" if is_predicted else None

    def mark_several(self, predicted, chosen):
        """Mark the buttons of the labels that are chosen, and of those that are predicted."""
        for label, button in self.by_label.items():
            is_predicted = label in predicted
            button.icon = "check" if label in chosen else ""
            button.button_style = "success" if label in chosen else "info" if is_predicted else ""
            button.tooltip = "The model's prediction" if is_predicted else None

    def label_of(self, text):
        """Return typed text as a label of the kind of the others; without any, by its look."""
        # A session takes labels of one kind only.
        kinds = {type(label) for label in self.by_label} or {int}
        by_text = {str(label): label for label in self.by_label}
        if text in by_text or kinds != {int}:
            return by_text.get(text, text)
        try:
            return whole_number(text)
        except ValueError:
            return text
