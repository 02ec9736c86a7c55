"""Draw a picture of the documentation twice: for light pages, and for dark ones."""

INKS = {"light": "#222832", "dark": "#ced6dd"}


def style_of(ink):
    """Return what text and axes look like in a color."""
    style = dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), ink)
    return {**style, "xtick.color": ink, "ytick.color": ink, "font.size": 9}


def draw_both(picture, folder, name):
    """Write `name`_light.svg and `name`_dark.svg.

    Parameters
    ----------
    picture : callable
        From the color of text to a figure.
    folder : pathlib.Path
        Where the files go.
    name : str
        How they begin.
    """
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "skal"  # the same file for the same numbers
    matplotlib.rcParams["svg.fonttype"] = "none"  # text stays text
    for page, ink in INKS.items():
        with matplotlib.rc_context(style_of(ink)):
            figure = picture(ink)
            path = folder / f"{name}_{page}.svg"
            figure.savefig(path, transparent=True, metadata={"Date": None})


def bare(ax):
    """Leave of the axes what is needed to read them."""
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.patch.set_alpha(0)
